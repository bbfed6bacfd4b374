// The core's records of goal as app types, and back.
internal import IthacaBindings

extension GoalStatus {
    init(_ v: IthacaBindings.GoalStatus) {
        self = switch v {
        case .proposed: .proposed
        case .active: .active
        case .paused: .paused
        case .achieved: .achieved
        case .dropped: .dropped
        }
    }
}

extension Tick {
    init(_ v: IthacaBindings.TickView) {
        self.init(
            by: Who(v.by),
            date: Day.read(v.date))
    }
}

extension Milestone {
    init(_ v: IthacaBindings.MilestoneView) {
        self.init(
            id: ItemId(v.item),
            text: v.text,
            done: v.done.map(Tick.init),
            kept: v.kept,
            differs: v.differs.map(Differ.init))
    }
}

extension Goal {
    init(_ v: IthacaBindings.GoalView) {
        self.init(
            id: GoalId(v.goal),
            document: v.document,
            title: SharedText(v.title),
            why: SharedText(v.why),
            success: SharedText(v.success),
            risk: SharedText(v.risk),
            support: SharedText(v.support),
            stretch: v.stretch,
            target: Day.read(v.targetDate),
            review: Day.read(v.reviewDate),
            status: GoalStatus(v.status),
            said: v.said.map(DifferValue.init),
            milestones: v.milestones.map(Milestone.init),
            bin: v.bin.map(Milestone.init),
            done: Int(v.done),
            of: Int(v.of),
            alive: v.alive,
            kept: v.kept,
            differs: v.differs.map(Differ.init))
    }
}

extension Action {
    init(_ v: IthacaBindings.ActionView) {
        self.init(
            id: ItemId(v.action),
            text: v.text,
            owners: v.owners.map(Who.init),
            due: Day.read(v.due),
            from: v.from,
            done: v.done.map(Tick.init),
            kept: v.kept,
            differs: v.differs.map(Differ.init))
    }
}

extension Actions {
    init(_ v: IthacaBindings.Actions) {
        self.init(
            open: v.open.map(Action.init),
            done: v.done.map(Action.init),
            bin: v.bin.map(Action.init),
            sameThing: v.sameThing.map { $0.map(ItemId.init) })
    }
}

extension GoalStatus {
    var core: IthacaBindings.GoalStatus {
        switch self {
        case .proposed: .proposed
        case .active: .active
        case .paused: .paused
        case .achieved: .achieved
        case .dropped: .dropped
        }
    }
}

extension GoalEdit {
    var core: IthacaBindings.GoalEdit {
        switch self {
        case .target(let goal, let date): .targetDate(goal: goal.text, date: date?.text)
        case .review(let goal, let date): .reviewDate(goal: goal.text, date: date?.text)
        case .stretch(let goal, let on): .stretch(goal: goal.text, on: on)
        case .words(let item, let text): .words(item: item.text, text: text)
        case .ticked(let item, let date): .tick(item: item.text, date: date?.text)
        case .due(let action, let date): .due(action: action.text, date: date?.text)
        case .owner(let action, let person, let on): .owner(action: action.text, person: person.text, on: on)
        case .sameThing(let action, let other, let same): .sameThing(action: action.text, other: other.text, same: same)
        case .move(let item, let after): .move(item: item.text, after: after?.text)
        case .delete(let item): .delete(item: item.text)
        case .restore(let item): .restore(item: item.text)
        }
    }
}

extension GoalDraft {
    var core: IthacaBindings.GoalDraft {
        .init(
            title: title, why: why, success: success, stretch: stretch, risk: risk, support: support, targetDate: target?.text)
    }
}

extension ActionDraft {
    var core: IthacaBindings.ActionDraft { .init(text: text, owners: owners.map(\.text), due: due?.text, from: from) }
}
