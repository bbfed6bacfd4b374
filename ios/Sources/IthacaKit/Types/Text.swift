// A text as it reads, and typing in it.

/// One of several wordings of one place; `range` counts UTF-16 code units.
public struct Wording: Sendable, Hashable {
    public var run: String
    public var words: String
    public var range: Range<Int>
    public var by: [Who]
}

public struct SharedText: Sendable, Hashable {
    public var text: String
    public var display: String? = nil
    public var choices: [[Wording]] = []

    /// What people read.
    public var words: String { display ?? text }
}

public enum GoalPart: String, Sendable, Hashable, CaseIterable { case title, why, success, risk, support }

/// Where a text stands.
public enum TextPlace: Sendable, Hashable {
    case note(NoteId)
    case sessionNotes(SessionId)
    case agenda(SessionId, item: ItemId)
    case goal(GoalId, part: GoalPart)
    case clause(ItemId)
    case plan(ItemId)
}
