// Syncing, and what is where, in memory.
import Foundation

extension FakeClient {
    public func sync() throws(IthacaFault) -> SyncOutcome {
        try ask()
        let outcome = SyncOutcome(at: now(), offline: !state().online, noRelay: relayAddress == nil, relays: troubles)
        if !outcome.offline && !outcome.noRelay && troubles.isEmpty { deliver() }
        become { $0.lastSync = LastSync(at: outcome.at, reached: !outcome.offline && !outcome.noRelay && outcome.relays.isEmpty) }
        return outcome
    }

    private func deliver() {
        for space in spaces {
            for i in space.messages.indices where space.messages[i].at == .here { space.messages[i].at = .relay }
            for i in space.notes.indices where space.notes[i].at == .here { space.notes[i].at = .relay }
            tell(.whereabouts(space.id))
        }
    }

    public func stopWaiting() throws(IthacaFault) { try ask() }

    public func status() throws(IthacaFault) -> Status {
        try ask()
        let lines = spaces.map {
            SpaceStatus(
                space: $0.id, isPrivate: $0.pair == nil, foot: $0.foot, stateCode: "12345678", stateWords: "banana pencil own", setAside: 0, unknownAuthor: 0,
                knownMissing: 0)
        }
        let relays = troubles.isEmpty ? relayAddress.map { [Relay(origin: $0, trouble: nil, again: nil)] } ?? [] : troubles
        return Status(spaces: lines, relays: relays)
    }

    public func foot(_ space: SpaceId) throws(IthacaFault) -> Foot { try at(space).foot }

    public func notices() throws(IthacaFault) -> [Notice] {
        try ask()
        return noticed
    }

    public func dismiss(_ notice: Notice) throws(IthacaFault) {
        try ask()
        noticed.removeAll { $0.no == notice.no }
        tell(.notices)
    }

    public func doctor() throws(IthacaFault) -> [Finding] {
        try ask()
        return [Finding(good: true, what: "database", words: "in memory")]
    }

    public func visibility(_ space: SpaceId) throws(IthacaFault) -> Visibility {
        let s = try at(space)
        let shared = s.notes.count + s.goals.count + s.actions.count + s.sessions.count
        let mine = try found(personal).notes.count
        return Visibility(
            relays: relayAddress.map { [$0] } ?? [], readers: [me] + (s.pair.map { [$0.other] } ?? []),
            ownDevices: ownDevices.devices.count(where: { !$0.revoked }), privateNotes: mine, shared: shared)
    }

    public func upcoming(from today: Day, until: Day) throws(IthacaFault) -> [Upcoming] {
        try ask()
        var out: [Upcoming] = []
        for s in spaces {
            guard let pair = s.pair, pair.state == .running, settings["reminders.\(s.id.text)"] != "off" else { continue }
            for line in s.sessions.map(\.line) where line.state == .planned {
                guard let day = line.day, (today...until).contains(day) else { continue }
                out.append(
                    Upcoming(
                        space: s.id, with: pair.other.name, noun: .session, id: line.id.text, day: day, at: line.agreed, words: line.title))
            }
            for action in s.open where action.owners.contains(where: \.me) {
                guard let due = action.due, (today...until).contains(due) else { continue }
                out.append(
                    Upcoming(space: s.id, with: pair.other.name, noun: .promise, id: action.id.text, day: due, at: nil, words: action.text))
            }
        }
        return out.sorted { ($0.day?.text ?? "", $0.id) < ($1.day?.text ?? "", $1.id) }
    }
}
