//! Two engines over a real relay: becoming a pair, syncing, own devices, recovery words.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ithaca_ffi::{
    Change, ComerState, Compared, DeviceId, Ithaca, IthacaError, NewDevice, NewDeviceStage, PairState, PersonId, Place, ProfileState,
    Restore, SpaceId, Stage, WordsCheck, profile_state,
};
use ithaca_server::testing::TestRelay;
use tempfile::TempDir;

use crate::support::{Net, Person, Remember, TestVault, both_sync, folder, pair, wait_for};

async fn code(person: &Ithaca, space: SpaceId) -> String {
    let status = person.status().await.unwrap();
    status.spaces.iter().find(|s| s.space == space).unwrap().state_code.clone()
}

#[tokio::test]
async fn two_pair_write_apart_and_come_to_the_same() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    assert_eq!(ben.ithaca.pairs().await.unwrap()[0].other.name, "Ana");
    ana.online(false).await;
    ben.online(false).await;
    let said = ana.ithaca.say(space, "I arrive at noon.".into(), None).await.unwrap();
    ben.ithaca.new_note(space, "Plan".into()).await.unwrap();
    let outcome = ana.ithaca.sync().await.unwrap();
    assert!(outcome.offline && !outcome.no_relay);
    let foot = ana.ithaca.foot(space).await.unwrap();
    assert!(foot.here > 0 && foot.name == "Ben", "{foot:?}");
    assert_eq!(ana.ithaca.messages(space, None, 5).await.unwrap().messages[0].at, Some(Place::Here));
    let (listener, heard) = Remember::new();
    let _held = ben.ithaca.subscribe(listener);
    ana.online(true).await;
    ben.online(true).await;
    both_sync(&ana, &ben).await;
    wait_for(&heard, |c| *c == Change::Content { space });
    assert_eq!(code(&ana.ithaca, space).await, code(&ben.ithaca, space).await);
    let page = ana.ithaca.messages(space, None, 5).await.unwrap();
    assert_eq!((page.messages[0].message, page.messages[0].at), (said, Some(Place::Other)));
    let foot = ana.ithaca.foot(space).await.unwrap();
    assert_eq!((foot.here, foot.on_relay), (0, 0));
    assert!(foot.heard_at_ms.is_some(), "something of Ben's came");
    let snapshot = ana.ithaca.snapshot();
    assert!(snapshot.last_sync.unwrap().reached && !snapshot.syncing);
}

#[tokio::test]
async fn what_comes_is_heard_without_anybody_asking() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let (listener, heard) = Remember::new();
    let _held = ben.ithaca.subscribe(listener);
    ben.ithaca.watch_relays(true).await.unwrap();
    // The stream is open once a first thing came by it; until then each is sent by a sync of Ana's alone.
    ana.ithaca.say(space, "Are you there?".into(), None).await.unwrap();
    ana.ithaca.sync().await.unwrap();
    wait_for(&heard, |c| *c == Change::Content { space });
    assert_eq!(ben.ithaca.messages(space, None, 5).await.unwrap().messages.len(), 1);
    ben.ithaca.suspend().await.unwrap();
    ana.ithaca.say(space, "Still?".into(), None).await.unwrap();
    ana.ithaca.sync().await.unwrap();
    ben.ithaca.resume().await.unwrap();
    ben.ithaca.sync().await.unwrap();
    assert_eq!(ben.ithaca.messages(space, None, 5).await.unwrap().messages.len(), 2);
}

#[tokio::test]
async fn a_wait_for_a_sync_can_be_stopped_and_the_relay_may_be_gone() {
    let relay = TestRelay::open().unwrap();
    let (ana, _ben, space) = pair(&relay.origin()).await;
    // A relay that takes the call and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    ana.ithaca.set_relay(format!("http://{}", silent.local_addr().unwrap()), None).await.unwrap();
    drop(relay);
    let ithaca = ana.ithaca.clone();
    let waiting = tokio::spawn(async move { ithaca.sync().await });
    while !ana.ithaca.snapshot().syncing {
        tokio::task::yield_now().await;
    }
    // What is asked meanwhile is answered: nothing waits for the network.
    ana.ithaca.say(space, "It goes when there is signal.".into(), None).await.unwrap();
    ana.ithaca.stop_waiting().await.unwrap();
    assert_eq!(waiting.await.unwrap().err(), Some(IthacaError::Stopped));
    ana.ithaca.shut_down().await.unwrap();
}

#[tokio::test]
async fn words_pause_end_leave_and_block() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben) = (Person::new("Ana").await, Person::new("Ben").await);
    ana.ithaca.set_relay(relay.origin(), None).await.unwrap();
    let invite = ana.ithaca.invite().await.unwrap();
    ana.ithaca.sync().await.unwrap();
    let by_words = ben.ithaca.answer_invite(invite.words.unwrap(), Some(relay.origin())).await.unwrap();
    assert!(!by_words.mine);
    ben.ithaca.sync().await.unwrap();
    ana.ithaca.sync().await.unwrap();
    let answer = ana.ithaca.invites().await.unwrap()[0].answers[0].clone();
    assert!(answer.spoken);
    let space = ana.ithaca.approve_answer(invite.id.clone(), answer.person).await.unwrap();
    both_sync(&ana, &ben).await;
    let mine = ana.ithaca.pairs().await.unwrap().remove(0);
    assert!(mine.must_compare && mine.safety_number.as_ref() == Some(&answer.safety_number));
    for p in [&ana, &ben] {
        p.ithaca.compared(space, Compared::Spoken).await.unwrap();
    }
    both_sync(&ana, &ben).await;
    ana.ithaca.propose_stage(space, Stage::Cultivation).await.unwrap();
    assert!(matches!(ana.ithaca.agree_to_stage(space).await, Err(IthacaError::NotFound { .. })), "not to one's own");
    both_sync(&ana, &ben).await;
    ben.ithaca.agree_to_stage(space).await.unwrap();
    ben.ithaca.pause_pair(space, Some("Exams".into())).await.unwrap();
    both_sync(&ana, &ben).await;
    let seen = ana.ithaca.pairs().await.unwrap().remove(0);
    assert_eq!((seen.stage, seen.state), (Stage::Cultivation, PairState::Paused));
    for p in [&ana, &ben] {
        p.ithaca.resume_pair(space, None).await.unwrap();
    }
    both_sync(&ana, &ben).await;
    assert_eq!(ana.ithaca.pairs().await.unwrap()[0].state, PairState::Running);
    ana.ithaca.block(space, true).await.unwrap();
    assert_eq!(ana.ithaca.pairs().await.unwrap()[0].state, PairState::Blocked);
    ana.ithaca.block(space, false).await.unwrap();
    ben.ithaca.end_pair(space, None).await.unwrap();
    both_sync(&ana, &ben).await;
    assert_eq!(ana.ithaca.pairs().await.unwrap()[0].state, PairState::Ended);
    ana.ithaca.leave_pair(space).await.unwrap();
    assert_eq!(ana.ithaca.pairs().await.unwrap()[0].state, PairState::Left);
    assert!(matches!(ana.ithaca.say(space, "x".into(), None).await, Err(IthacaError::ReadOnly { .. })));
}

#[tokio::test]
async fn a_second_phone_is_added_named_and_ended() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    ana.ithaca.say(space, "Hello".into(), None).await.unwrap();
    ana.ithaca.sync().await.unwrap();
    let (dir, vault) = (TempDir::new().unwrap(), Arc::new(TestVault::default()));
    let new = NewDevice::begin(folder(&dir), vault.clone(), relay.origin(), "Laptop".into()).await.unwrap();
    assert_eq!(profile_state(folder(&dir)), ProfileState::Joining);
    let shown = new.code().await.unwrap();
    assert_eq!(new.step().await.unwrap(), NewDeviceStage::Waiting);
    let comer = ana.ithaca.scan_device(shown.code, None).await.unwrap();
    ana.ithaca.sync().await.unwrap();
    let asking = ana.ithaca.devices().await.unwrap();
    assert_eq!((asking.comers[0].state, asking.comers[0].words.as_str()), (ComerState::Asking, shown.four_words.as_str()));
    ana.ithaca.approve_device(comer.id).await.unwrap();
    ana.ithaca.sync().await.unwrap();
    // Interrupted, and gone on with.
    new.leave().await.unwrap();
    assert_eq!(new.step().await, Err(IthacaError::Closed));
    assert_eq!(Ithaca::open(folder(&dir), vault.clone(), None).await.err(), Some(IthacaError::NotAdded));
    let new = NewDevice::go_on(folder(&dir), vault.clone()).await.unwrap();
    let offered = new.step().await.unwrap();
    assert_eq!(offered, NewDeviceStage::Offered { name: "Ana".into(), words: asking.four_words });
    assert_eq!(new.agree().await.unwrap(), NewDeviceStage::Agreed);
    new.step().await.unwrap();
    ana.ithaca.sync().await.unwrap();
    ana.ithaca.sync().await.unwrap();
    assert_eq!(new.step().await.unwrap(), NewDeviceStage::Ready);
    new.leave().await.unwrap();
    let laptop = Ithaca::open(folder(&dir), vault, None).await.unwrap();
    laptop.sync().await.unwrap();
    laptop.sync().await.unwrap();
    assert_eq!(laptop.messages(space, None, 5).await.unwrap().messages[0].text.as_deref(), Some("Hello"));
    ana.ithaca.sync().await.unwrap();
    let laptop_id: DeviceId = laptop.snapshot().device.parse().unwrap();
    ana.ithaca.name_device(laptop_id, "Old laptop".into()).await.unwrap();
    assert!(matches!(ana.ithaca.revoke_device(ana.ithaca.snapshot().device.parse().unwrap()).await, Err(IthacaError::Refused { .. })));
    ana.ithaca.revoke_device(laptop_id).await.unwrap();
    let after = ana.ithaca.devices().await.unwrap().devices;
    assert!(after[1].revoked && after[1].name == "Old laptop" && after[0].this_one);
    drop(ben);
}

#[tokio::test]
async fn twelve_words_bring_somebody_back() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    assert!(!ana.ithaca.words_status().await.unwrap().made);
    let words = ana.ithaca.new_words(None).await.unwrap();
    assert_eq!(words.relay.as_deref(), Some(relay.origin().as_str()));
    assert_eq!(ana.ithaca.check_words(words.words.clone()).await, Ok(WordsCheck::NotReady));
    ana.ithaca.say(space, "Before the phone was lost".into(), None).await.unwrap();
    both_sync(&ana, &ben).await;
    assert_eq!(ana.ithaca.check_words(words.words.clone()).await, Ok(WordsCheck::Ready));
    assert_eq!(ben.ithaca.check_words(words.words.clone()).await, Ok(WordsCheck::NotInForce));
    let person: PersonId = ana.ithaca.snapshot().person.parse().unwrap();
    ana.ithaca.shut_down().await.unwrap();

    let (dir, vault, net) = (TempDir::new().unwrap(), Arc::new(TestVault::default()), Arc::new(Net(AtomicBool::new(true))));
    let restore = Restore::by_words(words.words, relay.origin(), None).await.unwrap();
    let found = restore.look().await.unwrap();
    assert_eq!(found.iter().map(|f| f.person).collect::<Vec<_>>(), [person]);
    let wrong = restore.finish(PersonId([0; 32]), folder(&dir), vault.clone(), None).await;
    assert!(matches!(wrong.err(), Some(IthacaError::NotFound { .. })));
    let back = restore.finish(person, folder(&dir), vault, Some(net)).await.unwrap();
    for _ in 0..3 {
        back.sync().await.unwrap();
        ben.ithaca.sync().await.unwrap();
    }
    assert_eq!(back.snapshot().person, person.to_string());
    assert_eq!(back.messages(space, None, 5).await.unwrap().messages[0].text.as_deref(), Some("Before the phone was lost"));
    assert!(matches!(Restore::by_words("one two".into(), relay.origin(), None).await.err(), Some(IthacaError::BadInput { .. })));
}
