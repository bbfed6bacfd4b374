// Pairs, in memory.
import Foundation

extension FakeClient {
    public func pairs() throws(IthacaFault) -> [PairLine] {
        try ask()
        return spaces.compactMap(\.pair)
    }

    public func personalSpace() throws(IthacaFault) -> SpaceId {
        try ask()
        return personal
    }

    private func line(_ s: FakeSpace) throws(IthacaFault) -> PairLine {
        guard let pair = s.pair else { throw .notFound("relationship") }
        return pair
    }

    public func home(_ space: SpaceId, today: Day) throws(IthacaFault) -> Home {
        let s = try at(space)
        let planned = s.sessions.map(\.line).filter { $0.state == .planned }
        let ahead = planned.filter { $0.day.map { $0 >= today } ?? false }.min { $0.day! < $1.day! }
        return Home(
            pair: try line(s), kind: s.relationship?.kind, mentor: s.mentors,
            next: ahead ?? planned.first { $0.day == nil } ?? planned.last, promised: s.open, goals: s.goals.filter(\.alive),
            latest: s.messages.suffix(3), cards: s.cards, foot: s.foot)
    }

    private func relationship(of s: FakeSpace) throws(IthacaFault) -> Relationship {
        let blank = Relationship(
            pair: try line(s), document: "relationship", kind: nil, model: nil, setting: nil, cadence: nil, roles: [], people: [],
            clauses: [], plan: [], differs: [])
        var now = s.relationship ?? blank
        now.pair = blank.pair
        return now
    }

    public func relationship(_ space: SpaceId) throws(IthacaFault) -> Relationship { try relationship(of: try at(space)) }

    public func editPair(_ space: SpaceId, _ edits: [PairEdit]) throws(IthacaFault) {
        let s = try writable(space)
        var r = try relationship(of: s)
        var mine = r.people.first(where: \.who.me) ?? Person(who: me, language: nil, zone: nil, reachable: nil)
        for edit in edits {
            switch edit {
            case .kind(let value): r.kind = value
            case .model(let value): r.model = value
            case .setting(let value): r.setting = value
            case .cadence(let value): r.cadence = value
            case .role(let topic, let mentor):
                r.roles.removeAll { $0.topic == topic }
                if let mentor { r.roles.append(Role(topic: topic, mentor: name(mentor))) }
            case .myName(let value): mine.who.name = value ?? me.name
            case .myLanguage(let value): mine.language = value
            case .myZone(let value): mine.zone = value
            case .myReachable(let value): mine.reachable = value
            case .addClause(let title, let text): r.clauses.append(Clause(id: ItemId(id("clause")), title: title, text: SharedText(text: text)))
            case .addPlan(let section, let text): r.plan.append(Clause(id: ItemId(id("plan")), title: section, text: SharedText(text: text)))
            }
        }
        r.people = r.people.filter { !$0.who.me } + [mine]
        s.relationship = r
        tell(.content(space))
    }

    public func invite() throws(IthacaFault) -> Invite {
        try ask()
        guard let relayAddress else { throw .refused(why: "name a relay first: it carries the invitation") }
        let made = Invite(
            id: InviteId(id("invite")), mine: true, state: .open, link: "\(relayAddress)/i#v1.fake",
            words: "one two three four five six seven eight nine ten eleven twelve", relay: relayAddress, expires: now(), answers: [],
            space: nil)
        invited.append(made)
        tell(.invites)
        return made
    }

    public func answerInvite(_ text: String, relay: String?) throws(IthacaFault) -> Invite {
        try ask()
        guard text.contains("#v1.") || relay != nil else { throw .badInput(.link, why: "not an invitation, or only a part of one") }
        let origin = relay ?? String(text.prefix { $0 != "#" }.dropLast(2))
        let made = Invite(
            id: InviteId(id("invite")), mine: false, state: .open, link: nil, words: nil, relay: origin, expires: now(), answers: [],
            space: nil)
        invited.append(made)
        tell(.invites)
        return made
    }

    public func invites() throws(IthacaFault) -> [Invite] {
        try ask()
        return invited
    }

    public func approveAnswer(_ invite: InviteId, person: PersonId) throws(IthacaFault) -> SpaceId {
        try ask()
        guard let answer = invited.find(invite)?.answers.first(where: { $0.person == person }) else { throw .notFound("answer") }
        let space = addPair(answer.name)
        if answer.spoken { try found(space).pair?.mustCompare = true }
        _ = invited.change(invite) {
            $0.state = .approved
            $0.space = space
        }
        tell(.invites)
        return space
    }

    public func withdrawInvite(_ invite: InviteId) throws(IthacaFault) {
        try ask()
        guard invited.take(invite) != nil else { throw .notFound("invitation") }
        tell(.invites)
    }

    private func change(_ space: SpaceId, _ act: (inout PairLine) -> Void) throws(IthacaFault) {
        let s = try at(space)
        var line = try line(s)
        act(&line)
        s.pair = line
        tell(.members(space))
    }

    public func compared(_ space: SpaceId, how: Compared) throws(IthacaFault) {
        let at = now()
        try change(space) { ($0.compared, $0.comparedAt, $0.mustCompare) = (how, at, false) }
    }

    public func proposeStage(_ space: SpaceId, _ stage: Stage) throws(IthacaFault) {
        try change(space) { $0.proposed.append(StageProposal(by: me, stage: stage)) }
    }

    /// The other proposes.
    public func addProposal(_ space: SpaceId, _ stage: Stage) throws(IthacaFault) {
        try change(space) { $0.proposed.append(StageProposal(by: $0.other, stage: stage)) }
    }

    public func agreeToStage(_ space: SpaceId) throws(IthacaFault) {
        guard let theirs = try line(try at(space)).proposed.last(where: { !$0.by.me }) else { throw .notFound("proposal of a stage") }
        try change(space) {
            $0.stage = theirs.stage
            $0.proposed.removeAll { $0 == theirs }
        }
    }

    public func pausePair(_ space: SpaceId, reason: String?) throws(IthacaFault) { try change(space) { $0.state = .paused } }
    public func resumePair(_ space: SpaceId, reason: String?) throws(IthacaFault) { try change(space) { $0.state = .running } }
    public func endPair(_ space: SpaceId, reason: String?) throws(IthacaFault) { try change(space) { $0.state = .ended } }
    public func leavePair(_ space: SpaceId) throws(IthacaFault) { try change(space) { $0.state = .left } }
    public func block(_ space: SpaceId, on: Bool) throws(IthacaFault) { try change(space) { $0.state = on ? .blocked : .running } }
    public func tellWhatIsRead(_ space: SpaceId, on: Bool) throws(IthacaFault) { try change(space) { $0.receipts = on } }

    public func keepAt(_ space: SpaceId, _ relays: [String]) throws(IthacaFault) {
        guard !relays.isEmpty else { throw .refused(why: "a relationship is kept at one relay at least") }
        guard relays.allSatisfy({ $0.hasPrefix("http") }) else { throw .badInput(.address, why: "no address") }
        try change(space) { $0.relays = relays }
    }

    public func rescueFile(_ space: SpaceId) throws(IthacaFault) -> Data {
        _ = try at(space)
        throw .refused(why: "they never made recovery words")
    }
}
