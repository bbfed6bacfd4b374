//! A form: the prompts of a check-in or a harvest, by stable names. Their words belong to whoever shows them.

use super::ActionView;
use crate::document::Command;
use crate::document::command::{ItemCommand, SessionCommand};
use crate::event::Phase;
use crate::event::payload::Answer;
use crate::id::{ItemId, PersonId};

/// One of the forms of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The check-in before.
    Before,
    /// The check-in after.
    After,
    /// The harvest.
    Harvest,
}

/// How a prompt is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// A place from 1 to 5.
    Scale,
    /// Words.
    Words,
    /// Things chosen from a list: tags, techniques, actions.
    Chosen,
}

/// Whose prompt it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Whoever mentors on some topic.
    Mentor,
    /// Whoever does not.
    Mentee,
    /// Both.
    Both,
}

/// A prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prompt {
    /// The form it stands in.
    pub form: Form,
    /// Its stable name, as answers carry it.
    pub name: &'static str,
    /// How it is answered.
    pub kind: PromptKind,
    /// Whose it is.
    pub side: Side,
}

const fn prompt(form: Form, name: &'static str, kind: PromptKind, side: Side) -> Prompt {
    Prompt { form, name, kind, side }
}

/// Every prompt, in the order of its form.
pub const FORMS: [Prompt; 19] = {
    use Form::{After, Before, Harvest};
    use PromptKind::{Chosen, Scale, Words};
    use Side::{Both, Mentee, Mentor};
    [
        prompt(Before, "arriving", Scale, Mentee),
        prompt(Before, "worth", Words, Mentee),
        prompt(Before, "tried", Chosen, Mentee),
        prompt(Before, "off_limits", Words, Mentee),
        prompt(Before, "notice", Words, Mentor),
        prompt(Before, "technique", Chosen, Mentor),
        prompt(Before, "promised", Words, Mentor),
        prompt(After, "relevant", Scale, Mentee),
        prompt(After, "heard", Scale, Mentee),
        prompt(After, "will_do", Words, Mentee),
        prompt(After, "change", Words, Mentee),
        prompt(After, "techniques", Chosen, Mentor),
        prompt(After, "learned", Words, Mentor),
        prompt(After, "promised", Words, Mentor),
        prompt(After, "confident", Scale, Mentor),
        prompt(Harvest, "learned", Words, Both),
        prompt(Harvest, "useful", Scale, Both),
        prompt(Harvest, "helped", Chosen, Both),
        prompt(Harvest, "noticed", Words, Both),
    ]
};

impl Form {
    /// Its prompts for somebody who mentors on some topic, or not.
    pub fn prompts(self, mentor: bool) -> impl Iterator<Item = &'static Prompt> {
        let other = if mentor { Side::Mentee } else { Side::Mentor };
        FORMS.iter().filter(move |p| p.form == self && p.side != other)
    }

    /// The phase of a check-in; `None` for a harvest.
    pub fn phase(self) -> Option<Phase> {
        match self {
            Self::Before => Some(Phase::Before),
            Self::After => Some(Phase::After),
            Self::Harvest => None,
        }
    }
}

/// The five techniques.
pub const TECHNIQUES: [&str; 5] = ["accompanying", "sowing", "catalyzing", "showing", "harvesting"];

/// What a form does beside being stated: actions that `tried` names, by their ids or by the words that an earlier answer holds, are ticked off on
/// `today`, and stand by their words in the answer then; techniques that `techniques` names are put on the session. Commands on items are for the goals, the others for the session.
///
/// # Errors
/// What is wrong, in words: a place that is not on the scale, a technique that is none of the five, an action that is not there.
pub fn form_deeds(answers: &mut [Answer], actions: &[ActionView], me: PersonId, today: &str) -> Result<Vec<Command>, &'static str> {
    let mut out = Vec::new();
    for answer in answers {
        if answer.scale.is_some_and(|s| !(1..=5).contains(&s)) {
            return Err("a place on the scale is 1 to 5");
        }
        let chosen = answer.chosen.iter().flatten();
        match answer.prompt.as_str() {
            "technique" | "techniques" if chosen.clone().any(|t| !TECHNIQUES.contains(&t.trim().to_lowercase().as_str())) => {
                return Err("there is no such technique");
            }
            "techniques" => {
                let put = |t: &String| Command::Session(SessionCommand::Technique { technique: t.clone(), on: true });
                out.extend(chosen.map(put));
            }
            "tried" => {
                let mut words = Vec::new();
                for name in chosen {
                    let id: Option<ItemId> = name.parse().ok();
                    let named = |a: &&ActionView| id.map_or(a.text == *name, |id| a.id == id);
                    let Some(action) = actions.iter().find(|a| a.is_listed() && named(a)) else {
                        if id.is_some() {
                            return Err("there is no such action");
                        }
                        words.push(name.clone());
                        continue;
                    };
                    if !action.done.iter().any(|t| t.person == me) {
                        out.push(Command::Item(ItemCommand::Tick { item: action.id, date: Some(today.to_owned()) }));
                    }
                    words.push(action.text.clone());
                }
                answer.chosen = Some(words).filter(|w| !w.is_empty());
            }
            _ => {}
        }
    }
    Ok(out)
}
