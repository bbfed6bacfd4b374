// The goals of a pair, and everything that was promised.
import Observation

@MainActor
@Observable
public final class GoalsModel: ScreenModel {
    public let space: SpaceId
    public private(set) var goals: [Goal] = []
    public private(set) var bin: [Goal] = []
    public private(set) var actions = Actions(open: [], done: [], bin: [], sameThing: [])
    public var title = ""

    override public class var screen: Screen { .goals }
    override var isEmpty: Bool { goals.isEmpty && actions.open.isEmpty && actions.done.isEmpty }
    override var isLong: Bool { goals.count + actions.open.count > Self.many }
    override var isDiffering: Bool { goals.contains { !$0.differs.isEmpty || $0.said.count > 1 } || actions.open.contains { !$0.differs.isEmpty } }
    override func isAbout(_ change: Change) -> Bool { change == .content(space) || change == .members(space) }

    public init(client: any Client, here: Here, space: SpaceId) {
        self.space = space
        super.init(client, here)
    }

    override func load() async {
        await attempt {
            (goals, bin) = (try await client.goals(space, bin: false), try await client.goals(space, bin: true))
            actions = try await client.actions(space)
        }
    }

    public var empty: String { words("goals.empty") }
    public var example: String { words("goals.empty_example") }
    public func steps(_ goal: Goal) -> String {
        goal.of == 0 ? words("goals.no_steps") : words.n("goals.steps", goal.of, ["done": String(goal.done)])
    }
    public func status(_ goal: Goal) -> String { words.of("status", goal.status) }
    public func until(_ goal: Goal) -> String? { goal.target.map { words("goals.until", ["day": here.plain($0)]) } }

    public var canBegin: Bool { !busy && given(title) != nil }
    public func begin() async -> GoalId? {
        guard let title = given(title) else { return nil }
        guard let goal = await attempt({ try await client.newGoal(space, GoalDraft(title: title)) }) else { return nil }
        self.title = ""
        await load()
        return goal
    }

    /// Two promises that read the same: whether they are one is for people to say.
    public var same: [(one: Action, other: Action)] {
        actions.sameThing.compactMap { group in
            let found = group.compactMap { id in actions.open.first { $0.id == id } }
            return found.count > 1 ? (found[0], found[1]) : nil
        }
    }
    public func about(_ pair: (one: Action, other: Action)) -> String { words("goals.same_about", ["text": pair.one.text]) }

    public func same(_ pair: (one: Action, other: Action), _ same: Bool) async {
        await edit(.sameThing(pair.one.id, other: pair.other.id, same: same))
    }

    public func tick(_ action: Action) async {
        await edit(.ticked(action.id, date: action.done.contains(where: \.by.me) ? nil : here.today))
    }

    public func restore(_ item: ItemId) async { await edit(.restore(item)) }
    public func delete(_ item: ItemId) async { await edit(.delete(item)) }
    public func restore(_ goal: Goal) async { await edit(.restore(ItemId(goal.id.text))) }

    private func edit(_ edit: GoalEdit) async {
        if await attempt({ try await client.editGoals(space, [edit]) }) != nil { await load() }
    }
}
