// Goals and promises, in memory.
import Foundation

extension FakeClient {
    public func goals(_ space: SpaceId, bin: Bool) throws(IthacaFault) -> [Goal] { try at(space).goals.filter { $0.alive != bin } }

    public func goal(_ space: SpaceId, _ goal: GoalId) throws(IthacaFault) -> Goal {
        guard let found = try at(space).goals.find(goal) else { throw .notFound("goal") }
        return found
    }

    public func newGoal(_ space: SpaceId, _ draft: GoalDraft) throws(IthacaFault) -> GoalId {
        let s = try writable(space)
        let text = { (words: String) in SharedText(text: words) }
        let goal = Goal(
            id: GoalId(id("goal")), document: "goals", title: text(draft.title), why: text(draft.why), success: text(draft.success),
            risk: text(draft.risk), support: text(draft.support), stretch: draft.stretch, target: draft.target, review: nil,
            status: .active, said: [], milestones: [], bin: [], done: 0, of: 0, alive: true, kept: false, differs: [])
        s.goals.append(goal)
        tell(.content(space))
        return goal.id
    }

    public func newMilestone(_ space: SpaceId, _ goal: GoalId, text: String) throws(IthacaFault) -> ItemId {
        let s = try writable(space)
        let item = ItemId(id("milestone"))
        let known = s.goals.change(goal) {
            $0.milestones.append(Milestone(id: item, text: text, done: [], kept: false, differs: []))
            $0.count()
        }
        guard known else { throw .notFound("goal") }
        tell(.content(space))
        return item
    }

    public func newAction(_ space: SpaceId, _ draft: ActionDraft) throws(IthacaFault) -> ItemId {
        let s = try writable(space)
        let action = Action(
            id: ItemId(id("action")), text: draft.text, owners: draft.owners.map(name), due: draft.due, from: draft.from, done: [],
            kept: false, differs: [])
        s.actions.append(action)
        tell(.content(space))
        return action.id
    }

    public func editGoals(_ space: SpaceId, _ edits: [GoalEdit]) throws(IthacaFault) {
        let s = try writable(space)
        for edit in edits { try apply(s, edit) }
        tell(.content(space))
    }

    private func apply(_ s: FakeSpace, _ edit: GoalEdit) throws(IthacaFault) {
        func action(_ item: ItemId, _ act: (inout Action) -> Void) -> Bool { s.actions.change(item, act) }
        func milestone(_ item: ItemId, _ act: (inout Milestone) -> Void) -> Bool {
            for i in s.goals.indices where s.goals[i].milestones.change(item, act) {
                s.goals[i].count()
                return true
            }
            return false
        }
        let known: Bool
        switch edit {
        case .target(let goal, let date): known = s.goals.change(goal) { $0.target = date }
        case .review(let goal, let date): known = s.goals.change(goal) { $0.review = date }
        case .stretch(let goal, let on): known = s.goals.change(goal) { $0.stretch = on }
        case .words(let item, let text): known = action(item) { $0.text = text } || milestone(item) { $0.text = text }
        case .ticked(let item, let date):
            known = action(item) { $0.done = ticked($0.done, date) } || milestone(item) { $0.done = ticked($0.done, date) }
        case .due(let item, let date): known = action(item) { $0.due = date }
        case .owner(let item, let person, let on):
            known = action(item) { $0.owners = $0.owners.filter { $0.person != person } + (on ? [name(person)] : []) }
        case .sameThing(_, let other, let same): known = !same || s.actions.take(other) != nil
        case .move(let item, let after):
            guard let moved = s.actions.take(item) else { return }
            let at = after.flatMap { a in s.actions.firstIndex { $0.id == a } }.map { $0 + 1 } ?? 0
            s.actions.insert(moved, at: at)
            known = true
        case .delete(let item):
            if let away = s.actions.take(item) { s.actionBin.append(away) }
            known = s.actionBin.find(item) != nil || s.goals.change(GoalId(item.text)) { $0.alive = false } || bin(s, item)
        case .restore(let item):
            if let back = s.actionBin.take(item) { s.actions.append(back) }
            known = s.actions.find(item) != nil || s.goals.change(GoalId(item.text)) { $0.alive = true }
        }
        guard known else { throw .notFound("item") }
    }

    private func bin(_ s: FakeSpace, _ item: ItemId) -> Bool {
        for i in s.goals.indices {
            guard let away = s.goals[i].milestones.take(item) else { continue }
            s.goals[i].bin.append(away)
            s.goals[i].count()
            return true
        }
        return false
    }

    func ticked(_ done: [Tick], _ date: Day?) -> [Tick] {
        done.filter { !$0.by.me } + (date.map { [Tick(by: me, date: $0)] } ?? [])
    }

    public func setGoalStatus(_ space: SpaceId, _ goal: GoalId, _ status: GoalStatus, reason: String?) throws(IthacaFault) {
        let s = try writable(space)
        let said = DifferValue(words: status.rawValue, person: nil, by: me, at: now(), reason: reason)
        guard s.goals.change(goal, { ($0.status, $0.said) = (status, [said]) }) else { throw .notFound("goal") }
        tell(.content(space))
    }

    public func actions(_ space: SpaceId) throws(IthacaFault) -> Actions {
        let s = try at(space)
        let alike = Dictionary(grouping: s.open) { $0.text.lowercased() }.values.filter { $0.count > 1 }.map { $0.map(\.id) }
        return Actions(open: s.open, done: s.actions.filter { !$0.done.isEmpty }, bin: s.actionBin, sameThing: alike)
    }
}

extension Goal {
    mutating func count() { (done, of) = (milestones.count(where: { !$0.done.isEmpty }), milestones.count) }
}
