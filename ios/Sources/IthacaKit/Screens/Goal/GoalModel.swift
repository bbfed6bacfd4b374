// One goal: its words, its steps, where it stands, what was promised for it.
import Observation

@MainActor
@Observable
public final class GoalModel: ScreenModel {
    public let space: SpaceId
    public let id: GoalId
    public private(set) var goal: Goal?
    public var step = ""
    public var promise = ""
    public var promiseDue: Day?
    public var reason = ""

    override public class var screen: Screen { .goal }
    override var isEmpty: Bool { goal.map { $0.milestones.isEmpty && $0.why.words.isEmpty } ?? true }
    override var isLong: Bool { goal.map { $0.milestones.count > Self.many || $0.why.words.count > Self.manyLetters } ?? false }
    override var isDiffering: Bool {
        goal.map { !$0.differs.isEmpty || Set($0.said.map(\.words)).count > 1 || $0.milestones.contains { !$0.differs.isEmpty } } ?? false
    }
    override func isAbout(_ change: Change) -> Bool { change == .content(space) }

    public init(client: any Client, here: Here, space: SpaceId, goal: GoalId) {
        (self.space, id) = (space, goal)
        super.init(client, here)
    }

    override func load() async {
        if let goal = await attempt({ try await client.goal(space, id) }) { self.goal = goal }
    }

    /// A part of the goal to type in, together.
    public func field(_ part: GoalPart) -> TextFieldModel { TextFieldModel(client, space, .goal(id, part: part)) }

    public var status: String { goal.map { words.of("status", $0.status) } ?? "" }
    /// What each said last, where they differ.
    public var said: [String] {
        guard let goal, Set(goal.said.map(\.words)).count > 1 else { return [] }
        return goal.said.map { value in
            let parts = ["name": value.by.map(words.name) ?? words("history.somebody"), "status": words.value(value, field: "status", here)]
                as KeyValuePairs
            return words("goal.said", parts) + (value.reason.map { " " + words("cards.reason", ["reason": $0]) } ?? "")
        }
    }
    public var kept: String? { goal?.kept == true ? words("goal.kept") : nil }
    public var noSteps: String? { goal?.milestones.isEmpty == true ? words("goal.no_milestones") : nil }
    public func label(_ status: GoalStatus) -> String { words("goal.set_status", ["status": words.of("status", status)]) }
    public func ticked(_ tick: Tick) -> String {
        words("goal.ticked", ["name": words.name(tick.by), "day": tick.date.map(here.plain) ?? ""])
    }

    public func set(_ status: GoalStatus) async {
        let reason = given(reason)
        guard await attempt({ try await client.setGoalStatus(space, id, status, reason: reason) }) != nil else { return }
        self.reason = ""
        await load()
    }

    public var canAddStep: Bool { !busy && given(step) != nil }
    public func addStep() async {
        guard let step = given(step), await attempt({ try await client.newMilestone(space, id, text: step) }) != nil else { return }
        self.step = ""
        await load()
    }

    public var canPromise: Bool { !busy && given(promise) != nil }
    public func keepPromise() async {
        guard let text = given(promise) else { return }
        let draft = ActionDraft(text: text, owners: [client.state().person], due: promiseDue, from: id.text)
        guard await attempt({ try await client.newAction(space, draft) }) != nil else { return }
        (promise, promiseDue) = ("", nil)
        await load()
    }

    public func tick(_ step: Milestone) async {
        await edit(.ticked(step.id, date: step.done.contains(where: \.by.me) ? nil : here.today))
    }
    public func move(_ step: Milestone, behind other: Milestone?) async { await edit(.move(step.id, after: other?.id)) }
    public func delete(_ step: Milestone) async { await edit(.delete(step.id)) }
    public func restore(_ step: Milestone) async { await edit(.restore(step.id)) }
    public func target(_ day: Day?) async { await edit(.target(id, date: day)) }
    public func review(_ day: Day?) async { await edit(.review(id, date: day)) }
    public func stretch(_ on: Bool) async { await edit(.stretch(id, on: on)) }
    public func delete() async { await edit(.delete(ItemId(id.text))) }

    private func edit(_ edit: GoalEdit) async {
        if await attempt({ try await client.editGoals(space, [edit]) }) != nil { await load() }
    }
}
