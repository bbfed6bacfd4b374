// The core's records of pair as app types, and back.
import Foundation
internal import IthacaBindings

extension PairState {
    init(_ v: IthacaBindings.PairState) {
        self = switch v {
        case .running: .running
        case .paused: .paused
        case .ended: .ended
        case .left: .left
        case .otherLeft: .otherLeft
        case .blocked: .blocked
        case .savedCopy: .savedCopy
        }
    }
}

extension Stage {
    init(_ v: IthacaBindings.Stage) {
        self = switch v {
        case .initiation: .initiation
        case .cultivation: .cultivation
        case .separation: .separation
        case .redefinition: .redefinition
        }
    }
}

extension Compared {
    init(_ v: IthacaBindings.Compared) {
        self = switch v {
        case .inPerson: .inPerson
        case .spoken: .spoken
        }
    }
}

extension StageProposal {
    init(_ v: IthacaBindings.StageProposal) {
        self.init(
            by: Who(v.by),
            stage: Stage(v.stage))
    }
}

extension PairLine {
    init(_ v: IthacaBindings.PairView) {
        self.init(
            space: SpaceId(v.space),
            other: Who(v.other),
            safetyNumber: v.safetyNumber,
            comparedAt: v.comparedAtMs.map(Date.init(ms:)),
            compared: v.compared.map(Compared.init),
            mustCompare: v.mustCompare,
            state: PairState(v.state),
            stage: Stage(v.stage),
            proposed: v.proposed.map(StageProposal.init),
            receipts: v.receipts,
            relays: v.relays)
    }
}

extension Role {
    init(_ v: IthacaBindings.RoleView) {
        self.init(
            topic: v.topic,
            mentor: Who(v.mentor))
    }
}

extension Person {
    init(_ v: IthacaBindings.PersonView) {
        self.init(
            who: Who(v.who),
            language: v.language,
            zone: v.zone,
            reachable: v.reachable)
    }
}

extension Clause {
    init(_ v: IthacaBindings.ClauseView) {
        self.init(
            id: ItemId(v.item),
            title: v.title,
            text: SharedText(v.text))
    }
}

extension Relationship {
    init(_ v: IthacaBindings.RelationshipView) {
        self.init(
            pair: PairLine(v.pair),
            document: v.document,
            kind: v.kind,
            model: v.model,
            setting: v.setting,
            cadence: v.cadence,
            roles: v.roles.map(Role.init),
            people: v.people.map(Person.init),
            clauses: v.clauses.map(Clause.init),
            plan: v.plan.map(Clause.init),
            differs: v.differs.map(Differ.init))
    }
}

extension Answered {
    init(_ v: IthacaBindings.Answered) {
        self.init(
            person: PersonId(v.person),
            name: v.name,
            safetyNumber: v.safetyNumber,
            spoken: v.spoken)
    }
}

extension InviteState {
    init(_ v: IthacaBindings.InviteState) {
        self = switch v {
        case .open: .open
        case .answered: .answered
        case .approved: .approved
        case .closed: .closed
        case .lapsed: .lapsed
        }
    }
}

extension Invite {
    init(_ v: IthacaBindings.InviteView) {
        self.init(
            id: InviteId(v.id),
            mine: v.mine,
            state: InviteState(v.state),
            link: v.link,
            words: v.words,
            relay: v.relay,
            expires: Date(ms: v.expiresMs),
            answers: v.answers.map(Answered.init),
            space: v.space.map(SpaceId.init))
    }
}

extension Home {
    init(_ v: IthacaBindings.PairHome) {
        self.init(
            pair: PairLine(v.pair),
            kind: v.kind,
            mentor: v.mentor,
            next: v.next.map(SessionLine.init),
            promised: v.promised.map(Action.init),
            goals: v.goals.map(Goal.init),
            latest: v.latest.map(Message.init),
            cards: v.cards.map(Card.init),
            foot: Foot(v.foot))
    }
}

extension Stage {
    var core: IthacaBindings.Stage {
        switch self {
        case .initiation: .initiation
        case .cultivation: .cultivation
        case .separation: .separation
        case .redefinition: .redefinition
        }
    }
}

extension Compared {
    var core: IthacaBindings.Compared {
        switch self {
        case .inPerson: .inPerson
        case .spoken: .spoken
        }
    }
}

extension PairEdit {
    var core: IthacaBindings.PairEdit {
        switch self {
        case .kind(let value): .kind(value: value)
        case .model(let value): .model(value: value)
        case .setting(let value): .setting(value: value)
        case .cadence(let value): .cadence(value: value)
        case .role(let topic, let mentor): .role(topic: topic, mentor: mentor?.text)
        case .myName(let value): .myName(value: value)
        case .myLanguage(let value): .myLanguage(value: value)
        case .myZone(let value): .myZone(value: value)
        case .myReachable(let value): .myReachable(value: value)
        case .addClause(let title, let text): .addClause(title: title, text: text)
        case .addPlan(let section, let text): .addPlan(section: section, text: text)
        }
    }
}
