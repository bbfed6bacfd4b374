//! A name is as its person writes it, chosen for each partner.

use ithaca_core::document::command::{PersonField, RelationshipCommand};
use ithaca_core::document::{Command, DocumentKind, derived_id};
use ithaca_server::testing::TestRelay;
use ithaca_tests::people::{Clock, Person, pair};

#[tokio::test]
async fn the_name_a_person_shows_a_partner_reaches_that_partner_alone() {
    let relay = TestRelay::open().unwrap();
    let clock = Clock::default();
    let mut ana = Person::new("Ana", 1, &clock).unwrap();
    let (mut ben, mut dee) = (Person::new("Ben", 2, &clock).unwrap(), Person::new("Dee", 3, &clock).unwrap());
    let with_ben = pair(&mut ana, &mut ben, &relay.origin()).await.unwrap();
    pair(&mut ana, &mut dee, &relay.origin()).await.unwrap();
    assert_eq!(ben.engine().pairs().unwrap()[0].name, "Ana", "as given when pairing");
    let call = RelationshipCommand::Myself { field: PersonField::Name, value: Some("Auntie Ana".into()) };
    let (id, now) = (derived_id(with_ben, DocumentKind::Relationship), ana.now());
    ana.engine().edit(&with_ben, id, DocumentKind::Relationship, &Command::Relationship(call), now).unwrap();
    for person in [&mut ana, &mut ben, &mut dee] {
        person.sync().await.unwrap();
    }
    assert_eq!(ben.engine().pairs().unwrap()[0].name, "Auntie Ana");
    assert_eq!(dee.engine().pairs().unwrap()[0].name, "Ana", "another partner is told nothing");
}
