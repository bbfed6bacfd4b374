// A goal with its milestones; an action, which is a promise.

public enum GoalStatus: String, Sendable, Hashable, CaseIterable { case proposed, active, paused, achieved, dropped }

public struct Tick: Sendable, Hashable {
    public var by: Who
    public var date: Day?
}

public struct Milestone: Sendable, Hashable, Identifiable {
    public var id: ItemId
    public var text: String
    public var done: [Tick]
    public var kept: Bool
    public var differs: [Differ]
}

public struct Goal: Sendable, Hashable, Identifiable {
    public var id: GoalId
    public var document: String
    public var title: SharedText
    public var why: SharedText
    public var success: SharedText
    public var risk: SharedText
    public var support: SharedText
    public var stretch: Bool
    public var target: Day?
    public var review: Day?
    public var status: GoalStatus
    public var said: [DifferValue]
    public var milestones: [Milestone]
    public var bin: [Milestone]
    public var done: Int
    public var of: Int
    public var alive: Bool
    public var kept: Bool
    public var differs: [Differ]
}

public struct Action: Sendable, Hashable, Identifiable {
    public var id: ItemId
    public var text: String
    public var owners: [Who]
    public var due: Day?
    public var from: String?
    public var done: [Tick]
    public var kept: Bool
    public var differs: [Differ]
}

public struct Actions: Sendable, Hashable {
    public var open: [Action]
    public var done: [Action]
    public var bin: [Action]
    public var sameThing: [[ItemId]]
}

public struct GoalDraft: Sendable, Hashable {
    public var title: String
    public var why: String
    public var success: String
    public var stretch: Bool
    public var risk: String
    public var support: String
    public var target: Day?

    public init(
        title: String, why: String = "", success: String = "", stretch: Bool = false, risk: String = "", support: String = "",
        target: Day? = nil
    ) {
        self.title = title
        self.why = why
        self.success = success
        self.stretch = stretch
        self.risk = risk
        self.support = support
        self.target = target
    }
}

public struct ActionDraft: Sendable, Hashable {
    public var text: String
    public var owners: [PersonId]
    public var due: Day?
    public var from: String?

    public init(text: String, owners: [PersonId] = [], due: Day? = nil, from: String? = nil) {
        self.text = text
        self.owners = owners
        self.due = due
        self.from = from
    }
}

/// What is done to goals, milestones and actions: an item is any of the three.
public enum GoalEdit: Sendable, Hashable {
    case target(GoalId, date: Day?)
    case review(GoalId, date: Day?)
    case stretch(GoalId, on: Bool)
    case words(ItemId, text: String)
    case ticked(ItemId, date: Day?)
    case due(ItemId, date: Day?)
    case owner(ItemId, person: PersonId, on: Bool)
    case sameThing(ItemId, other: ItemId, same: Bool)
    case move(ItemId, after: ItemId?)
    case delete(ItemId)
    case restore(ItemId)
}
