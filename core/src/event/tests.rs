use super::payload::*;
use super::*;

#[test]
fn a_message_of_128_bytes_leaves_room_in_the_smallest_record() {
    let draft = EventDraft { subject: SPACE_SUBJECT, payload: Message { text: "m".repeat(128), reply: None }.into() };
    let event = draft.stated(Clock(1_795_000_000_000), 1_795_000_000_000, &[]);
    let bytes = event.encode();
    assert!(bytes.len() <= 165, "{} bytes", bytes.len());
    assert_eq!(Event::decode(&bytes).unwrap(), event);
}

#[test]
fn kinds_and_keys_of_a_later_version_are_kept() {
    let event = Event {
        subject: [7; 16],
        parents: vec![EventId([1; 16])],
        clock: 5,
        wall_ms: -3,
        payload: Payload::Unknown { kind: 900, raw: payload::Raw(vec![0xa1, 0x00, 0x01]) },
    };
    assert_eq!(Event::decode(&event.encode()).unwrap(), event);
}

#[test]
fn a_clock_of_2_to_the_48_is_refused() {
    let mut event = Event { subject: SPACE_SUBJECT, parents: vec![], clock: MAX_CLOCK, wall_ms: 0, payload: Pause { reason: None }.into() };
    assert_eq!(Event::decode(&event.encode()), Err(EventError::Clock));
    event.clock -= 1;
    assert!(Event::decode(&event.encode()).is_ok());
}

#[test]
fn every_prefix_is_refused() {
    let bytes = Event { subject: [1; 16], parents: vec![], clock: 9, wall_ms: 9, payload: Minutes { text: "ok".into() }.into() }.encode();
    (0..bytes.len()).for_each(|n| assert!(Event::decode(&bytes[..n]).is_err(), "a prefix of {n} bytes was taken"));
}

const A: PersonId = PersonId([1; 32]);
const B: PersonId = PersonId([2; 32]);

struct Log(Vec<HeldEvent>, u64);
impl Log {
    fn say(&mut self, who: PersonId, subject: Subject, seen: &[HeldEvent], payload: impl Into<Payload>) -> HeldEvent {
        self.1 += 1;
        let event = EventDraft { subject, payload: payload.into() }.stated(Clock(self.1), 0, seen);
        let held = HeldEvent::take(SpaceId([0; 32]), who, DeviceId(who.0), event.encode(), |_| None).unwrap();
        self.0.push(held.clone());
        order(&mut self.0);
        held
    }
}

#[test]
fn achieved_beside_paused_shows_active_until_somebody_decides() {
    let goal = [3; 16];
    let mut log = Log(vec![], 0);
    log.say(A, goal, &[], GoalStatusSet { status: GoalStatus::Achieved, reason: None });
    log.say(B, goal, &[], GoalStatusSet { status: GoalStatus::Paused, reason: Some("exams".into()) });
    let s = state::goal_status(&log.0, goal);
    assert_eq!((s.shown, s.heads.len()), (GoalStatus::Active, 2));
    let seen = log.0.clone();
    log.say(B, goal, &seen, GoalStatusSet { status: GoalStatus::Achieved, reason: None });
    let s = state::goal_status(&log.0, goal);
    assert_eq!((s.shown, s.heads.len()), (GoalStatus::Achieved, 1));
}

#[test]
fn after_the_end_neither_side_alone_makes_it_active_again() {
    let both = [A, B];
    let mut log = Log(vec![], 0);
    log.say(A, SPACE_SUBJECT, &[], End { reason: None });
    // Written without seeing the end: lifts nothing.
    log.say(B, SPACE_SUBJECT, &[], Resume { reason: None });
    assert_eq!(state::stage(&log.0, &both).running, state::Running::Ended);
    let seen = log.0.clone();
    let wish = log.say(A, SPACE_SUBJECT, &seen, Resume { reason: None });
    assert_eq!(state::stage(&log.0, &both).running, state::Running::Ended);
    let seen = log.0.clone();
    log.say(B, SPACE_SUBJECT, &seen, StageAgree { to: wish.id });
    assert_eq!(state::stage(&log.0, &both).running, state::Running::Running);
}

#[test]
fn a_stage_moves_only_when_both_agree() {
    let both = [A, B];
    let mut log = Log(vec![], 0);
    let p = log.say(B, SPACE_SUBJECT, &[], StagePropose { stage: Stage::Separation });
    log.say(B, SPACE_SUBJECT, std::slice::from_ref(&p), StageAgree { to: p.id });
    assert_eq!(state::stage(&log.0, &both).stage, Stage::Initiation);
    log.say(A, SPACE_SUBJECT, std::slice::from_ref(&p), StageAgree { to: p.id });
    assert_eq!(state::stage(&log.0, &both).stage, Stage::Separation);
    assert!(state::stage(&log.0, &both).proposed.is_empty());
}

#[test]
fn order_is_a_function_of_the_set() {
    let mut log = Log(vec![], 10);
    let a = log.say(A, [9; 16], &[], Minutes { text: "a".into() });
    log.1 = 2;
    let b = log.say(B, [9; 16], std::slice::from_ref(&a), Minutes { text: "b".into() });
    let mut there = vec![a.clone(), b.clone()];
    let mut back = vec![b, a];
    order(&mut there);
    order(&mut back);
    assert_eq!(there, back);
    assert_eq!(there[1].effective, 12);
}
