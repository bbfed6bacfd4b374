//! A plan: the steps a command comes to, given the document as it is. Every edit of an item or document also keeps it alive.

use automerge::{ObjType, ScalarValue};
use unicode_normalization::UnicodeNormalization;

use super::command::{Command, GoalsCommand, ItemCommand, NoteCommand, RelationshipCommand, SessionCommand, set_key};
use super::read::{Item, Scalar, rank_between};
use super::schema::{self, Class};
use super::step::{Path, Step};
use super::text::{self, TextEdit};
use super::{Author, Document, DocumentError, DocumentKind};
use crate::id::ItemId;

struct Plan<'a> {
    document: &'a Document,
    author: &'a Author,
    steps: Vec<Step>,
}

pub(crate) fn plan(document: &Document, author: &Author, command: &Command) -> Result<Vec<Step>, DocumentError> {
    let mut p = Plan { document, author, steps: Vec::new() };
    let wanted = match command {
        Command::Note(_) => Some(DocumentKind::Note),
        Command::Goals(_) => Some(DocumentKind::Goals),
        Command::Session(_) => Some(DocumentKind::Session),
        Command::Relationship(_) => Some(DocumentKind::Relationship),
        Command::Item(_) | Command::Pick { .. } => None,
    };
    if wanted.is_some_and(|k| k != document.kind) {
        return Err(DocumentError::WrongKind);
    }
    match command {
        Command::Note(c) => p.note(c)?,
        Command::Goals(c) => p.goals(c)?,
        Command::Session(c) => p.session(c)?,
        Command::Relationship(c) => p.relationship(c)?,
        Command::Item(c) => p.item_command(c)?,
        Command::Pick { item, field, value } => {
            let at = match item {
                Some(id) => p.item(*id, None)?,
                None => Vec::new(),
            };
            p.pick(&at, field, value)?;
        }
    }
    Ok(p.steps)
}

fn text_or_null(value: &Option<String>) -> Scalar {
    value.clone().filter(|v| !v.is_empty()).map_or(Scalar::Null, Scalar::Text)
}

impl Plan<'_> {
    fn put(&mut self, at: &Path, key: &str, value: impl Into<ScalarValue>) {
        // Where several values stand, all are taken out first: automerge turns a put of the one it shows into a mere deletion of the
        // others, which a concurrent decision for one of those would outlive, and the first decision would be gone.
        if key != "alive" && self.item_at(at).is_some_and(|i| i.is_contested(key)) {
            self.steps.push(Step::Delete { at: at.clone(), key: key.to_owned() });
        }
        self.steps.push(Step::Put { at: at.clone(), key: key.to_owned(), value: value.into() });
    }

    /// An edit of an item or document keeps it alive: `alive` gets a value never used before.
    fn touch(&mut self, at: &Path) {
        let mark = ScalarValue::Bytes(self.author.mark());
        if self.item_at(at).is_some_and(|i| i.keys().iter().any(|k| k == "deleted")) {
            self.steps.push(Step::Delete { at: at.clone(), key: "deleted".into() });
        }
        self.put(at, "alive", mark);
    }

    fn delete(&mut self, at: &Path) {
        if self.item_at(at).is_some_and(|i| i.is_alive()) {
            self.steps.push(Step::Delete { at: at.clone(), key: "alive".into() });
            let mark = ScalarValue::Bytes(self.author.mark());
            self.put(at, "deleted", mark);
        }
    }

    fn item_at(&self, at: &Path) -> Option<Item<'_>> {
        match at.as_slice() {
            [] => Some(Item::root(self.document)),
            [_, id] => Item::get(self.document, id.parse().ok()?),
            _ => None,
        }
    }

    fn item(&self, id: ItemId, noun: Option<&[&str]>) -> Result<Path, DocumentError> {
        let item = Item::get(self.document, id).ok_or_else(|| DocumentError::NoSuchItem(id.to_string()))?;
        if noun.is_some_and(|n| !n.contains(&item.text_of("noun").as_str())) {
            return Err(DocumentError::NoSuchItem(id.to_string()));
        }
        Ok(item.path)
    }

    /// Decides between the values of a register; the field must be one that people can differ on.
    fn pick(&mut self, at: &Path, key: &str, value: &Scalar) -> Result<(), DocumentError> {
        let noun = self.item_at(at).map(|i| i.text_of("noun")).unwrap_or_default();
        let unknown = || DocumentError::UnknownField(schema::pattern(key));
        let field = schema::field(self.document.kind, &noun, key).ok_or_else(unknown)?;
        match field.class {
            Class::Values => {}
            Class::Own if key.split('/').nth(1) == Some(self.author.person.to_string().as_str()) => {}
            _ => return Err(unknown()),
        }
        self.put(at, key, value.clone());
        if schema::field(self.document.kind, &noun, "alive").is_some() {
            self.touch(at);
        }
        Ok(())
    }

    fn register(&mut self, at: Path, key: &str, value: Scalar) {
        self.put(&at, key, value);
        self.touch(&at);
    }

    fn member(&mut self, at: &Path, prefix: &str, spelling: &str, on: bool) -> Result<(), DocumentError> {
        let key = set_key(spelling);
        if key.is_empty() {
            return Err(DocumentError::Value(format!("{prefix}/*")));
        }
        let name = format!("{prefix}/{key}");
        let here = self.item_at(at).filter(|i| i.keys().contains(&name));
        if on {
            let shown = here.map_or_else(|| spelling.trim().nfc().collect(), |i| i.spelling(prefix, &key));
            let value = format!("{} {shown}", hex::encode(self.author.mark()));
            self.put(at, &name, Scalar::Text(value));
        } else if here.is_some() {
            self.steps.push(Step::Delete { at: at.clone(), key: name });
        } else {
            return Ok(());
        }
        self.touch(at);
        Ok(())
    }

    fn text(&mut self, at: Path, key: &str, edit: &TextEdit) -> Result<(), DocumentError> {
        let mut path = at.clone();
        path.push(key.to_owned());
        let steps = text::plan(self.document, self.author, &path, edit)?;
        if !steps.is_empty() {
            self.steps.extend(steps);
            self.touch(&at);
        }
        Ok(())
    }

    /// A new item with its noun, the end of the order, and its texts.
    fn make(&mut self, id: ItemId, noun: &str, texts: &[(&str, &str)]) -> Result<Path, DocumentError> {
        if Item::get(self.document, id).is_some() {
            return Err(DocumentError::Value("items".into()));
        }
        let at = vec!["items".to_owned(), id.to_string()];
        self.steps.push(Step::Make { at: vec!["items".into()], key: id.to_string(), kind: ObjType::Map });
        self.put(&at, "noun", Scalar::Text(noun.into()));
        let last = Item::living(self.document, noun).pop().map(|(_, i)| i.text_of("rank")).unwrap_or_default();
        if schema::field(self.document.kind, noun, "rank").is_some() {
            self.put(&at, "rank", Scalar::Text(rank_between(&last, "")));
        }
        for (key, text) in texts {
            self.steps.push(Step::Make { at: at.clone(), key: (*key).to_owned(), kind: ObjType::Text });
            if !text.is_empty() {
                let mut path = at.clone();
                path.push((*key).to_owned());
                self.steps.push(Step::Splice { at: path, pos: 0, delete: 0, insert: (*text).to_owned() });
            }
        }
        self.touch(&at);
        Ok(at)
    }

    fn note(&mut self, command: &NoteCommand) -> Result<(), DocumentError> {
        use NoteCommand as C;
        let root = Path::new();
        match command {
            C::Create { title, pair } => {
                self.put(&root, "title", Scalar::Text(title.clone()));
                if let Some(pair) = pair {
                    self.put(&root, "pair", Scalar::Text(pair.to_string()));
                }
                self.touch(&root);
            }
            C::Title(t) => self.register(root, "title", Scalar::Text(t.clone())),
            C::Date(d) => self.register(root, "date", text_or_null(d)),
            C::Place(p) => self.register(root, "place", text_or_null(p)),
            C::Body(edit) => self.text(root, "body", edit)?,
            C::Tag { tag, on } => self.member(&root, "tags", tag, *on)?,
            C::Function { function, on } => self.member(&root, "functions", function, *on)?,
            C::Link { link, on } => self.member(&root, "links", link, *on)?,
            C::Delete => self.delete(&root),
            C::Restore => self.touch(&root),
        }
        Ok(())
    }

    fn goals(&mut self, command: &GoalsCommand) -> Result<(), DocumentError> {
        use GoalsCommand as C;
        match command {
            C::AddGoal { id, title } => {
                self.make(*id, "goal", &[("title", title), ("why", ""), ("success", ""), ("risk", ""), ("support", "")])?;
            }
            C::GoalText { goal, field, edit } => self.text(self.item(*goal, Some(&["goal"]))?, field.key(), edit)?,
            C::GoalKind { goal, kind } => self.register(self.item(*goal, Some(&["goal"]))?, "kind", text_or_null(kind)),
            C::GoalTargetDate { goal, date } => self.register(self.item(*goal, Some(&["goal"]))?, "target_date", text_or_null(date)),
            C::GoalReviewDate { goal, date } => self.register(self.item(*goal, Some(&["goal"]))?, "review_date", text_or_null(date)),
            C::AddMilestone { id, goal, text } => {
                let of = self.item(*goal, Some(&["goal"]))?;
                let at = self.make(*id, "milestone", &[])?;
                self.put(&at, "text", Scalar::Text(text.clone()));
                self.put(&at, "goal", Scalar::Text(goal.to_string()));
                self.touch(&of);
            }
            C::AddAction { id, text, owners, due, from } => {
                let at = self.make(*id, "action", &[])?;
                self.put(&at, "text", Scalar::Text(text.clone()));
                for owner in owners {
                    self.member(&at, "owners", &owner.to_string(), true)?;
                }
                if due.is_some() {
                    self.put(&at, "due", text_or_null(due));
                }
                if let Some(from) = from {
                    self.put(&at, "from", Scalar::Text(from.to_string()));
                }
            }
            C::Words { item, text } => {
                self.register(self.item(*item, Some(&["milestone", "action"]))?, "text", Scalar::Text(text.clone()));
            }
            C::ActionDue { action, date } => self.register(self.item(*action, Some(&["action"]))?, "due", text_or_null(date)),
            C::ActionType { action, kind } => self.register(self.item(*action, Some(&["action"]))?, "type", text_or_null(kind)),
            C::ActionOwner { action, person, on } => {
                self.member(&self.item(*action, Some(&["action"]))?, "owners", &person.to_string(), *on)?;
            }
            C::SameThing { action, other, same } => {
                let (small, large) = (action.min(other), action.max(other));
                self.item(*small, Some(&["action"]))?;
                let at = self.item(*large, Some(&["action"]))?;
                self.register(at, &format!("same/{small}"), Scalar::Flag(*same));
            }
        }
        Ok(())
    }

    fn session(&mut self, command: &SessionCommand) -> Result<(), DocumentError> {
        use SessionCommand as C;
        let root = Path::new();
        match command {
            C::Create { title, date } => {
                self.put(&root, "title", Scalar::Text(title.clone()));
                self.put(&root, "date", text_or_null(date));
                self.touch(&root);
            }
            C::Title(t) => self.register(root, "title", Scalar::Text(t.clone())),
            C::Date(d) => self.register(root, "date", text_or_null(d)),
            C::Place(p) => self.register(root, "place", text_or_null(p)),
            C::Notes(edit) => self.text(root, "body", edit)?,
            C::AddAgenda { id, text } => {
                self.make(*id, "agenda", &[("text", text)])?;
                self.touch(&root);
            }
            C::AgendaText { item, edit } => self.text(self.item(*item, Some(&["agenda"]))?, "text", edit)?,
            C::Technique { technique, on } => self.member(&root, "techniques", technique, *on)?,
            C::Function { function, on } => self.member(&root, "functions", function, *on)?,
            C::ProposeTime { id, at_ms, zone } => {
                let at = self.make(*id, "proposal", &[])?;
                self.put(&at, "at", Scalar::Number(*at_ms));
                self.put(&at, "zone", Scalar::Text(zone.clone()));
                self.put(&at, &format!("accept/{}", self.author.person), Scalar::Flag(true));
                self.touch(&root);
            }
            C::AcceptTime { proposal, on } => {
                let at = self.item(*proposal, Some(&["proposal"]))?;
                let value = if *on { Scalar::Flag(true) } else { Scalar::Null };
                self.register(at, &format!("accept/{}", self.author.person), value);
            }
            C::Delete => self.delete(&root),
            C::Restore => self.touch(&root),
        }
        Ok(())
    }

    fn relationship(&mut self, command: &RelationshipCommand) -> Result<(), DocumentError> {
        use RelationshipCommand as C;
        let root = Path::new();
        match command {
            C::Kind(v) => self.put(&root, "kind", text_or_null(v)),
            C::Model(v) => self.put(&root, "model", text_or_null(v)),
            C::Setting(v) => self.put(&root, "setting", text_or_null(v)),
            C::Cadence(v) => self.put(&root, "cadence", text_or_null(v)),
            C::Role { topic, mentor } => {
                let topic: String = topic.trim().nfc().collect();
                if topic.is_empty() {
                    return Err(DocumentError::Value("roles/*".into()));
                }
                self.put(&root, &format!("roles/{topic}"), mentor.map_or(Scalar::Null, |m| Scalar::Text(m.to_string())));
            }
            C::Myself { field, value } => {
                self.put(&root, &format!("people/{}/{}", self.author.person, field.key()), text_or_null(value));
            }
            C::AddClause { id, title, text } => {
                let at = self.make(*id, "clause", &[("text", text)])?;
                self.put(&at, "title", Scalar::Text(title.clone()));
            }
            C::ClauseText { clause, edit } => self.text(self.item(*clause, Some(&["clause"]))?, "text", edit)?,
            C::AddPlan { id, section, text } => {
                let at = self.make(*id, "plan", &[("text", text)])?;
                self.put(&at, "section", Scalar::Text(section.clone()));
            }
            C::PlanText { part, edit } => self.text(self.item(*part, Some(&["plan"]))?, "text", edit)?,
        }
        Ok(())
    }

    fn item_command(&mut self, command: &ItemCommand) -> Result<(), DocumentError> {
        match command {
            ItemCommand::Tick { item, date } => {
                let at = self.item(*item, Some(&["milestone", "action", "agenda"]))?;
                self.register(at, &format!("done/{}", self.author.person), text_or_null(date));
            }
            ItemCommand::Move { item, after } => {
                let at = self.item(*item, None)?;
                let noun = self.item_at(&at).map(|i| i.text_of("noun")).unwrap_or_default();
                let ranks: Vec<(ItemId, String)> = Item::living(self.document, &noun)
                    .into_iter()
                    .filter(|(id, _)| id != item)
                    .map(|(id, i)| (id, i.text_of("rank")))
                    .collect();
                let next = match after {
                    None => 0,
                    Some(a) => ranks.iter().position(|(id, _)| id == a).ok_or_else(|| DocumentError::NoSuchItem(a.to_string()))? + 1,
                };
                let rank = |i: Option<usize>| i.and_then(|i| ranks.get(i)).map(|(_, r)| r.clone()).unwrap_or_default();
                let before = rank(next.checked_sub(1));
                // Items two people added at once may share a rank; there is no place between equal ones, so those behind move on too.
                let equal = ranks.iter().skip(next).take_while(|(_, r)| *r <= before).count();
                let after = rank(Some(next + equal));
                let mut last = rank_between(&before, &after);
                self.register(at, "rank", Scalar::Text(last.clone()));
                for (id, _) in ranks.iter().skip(next).take(equal) {
                    last = rank_between(&last, &after);
                    let at = self.item(*id, None)?;
                    self.put(&at, "rank", Scalar::Text(last.clone()));
                }
            }
            ItemCommand::Delete { item } => self.delete(&self.item(*item, None)?),
            ItemCommand::Restore { item } => self.touch(&self.item(*item, None)?),
        }
        Ok(())
    }
}
