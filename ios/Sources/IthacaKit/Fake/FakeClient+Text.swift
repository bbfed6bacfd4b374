// Text, in memory.
import Foundation

extension FakeClient {
    private func read(_ s: FakeSpace, _ place: TextPlace) throws(IthacaFault) -> SharedText {
        let found: SharedText? = switch place {
        case .note(let note): s.notes.find(note)?.body
        case .sessionNotes(let session): s.sessions.first { $0.documents.contains(session) }?.notes.first { $0.document == session }?.text
        case .agenda(let session, let item): s.sessions.first { $0.documents.contains(session) }?.agenda.find(item)?.text
        case .goal(let goal, let part): s.goals.find(goal)?[keyPath: part.path]
        case .clause(let item): s.relationship?.clauses.find(item)?.text
        case .plan(let item): s.relationship?.plan.find(item)?.text
        }
        guard let found else { throw .notFound("text") }
        return found
    }

    private func write(_ s: FakeSpace, _ place: TextPlace, _ text: String) {
        let to = SharedText(text: text)
        switch place {
        case .note(let note): _ = s.notes.change(note) { $0.body = to }
        case .sessionNotes(let session):
            for i in s.sessions.indices where s.sessions[i].documents.contains(session) {
                for j in s.sessions[i].notes.indices where s.sessions[i].notes[j].document == session { s.sessions[i].notes[j].text = to }
            }
        case .agenda(let session, let item):
            for i in s.sessions.indices where s.sessions[i].documents.contains(session) {
                _ = s.sessions[i].agenda.change(item) { $0.text = to }
            }
        case .goal(let goal, let part): _ = s.goals.change(goal) { $0[keyPath: part.path] = to }
        case .clause(let item): _ = s.relationship?.clauses.change(item) { $0.text = to }
        case .plan(let item): _ = s.relationship?.plan.change(item) { $0.text = to }
        }
        tell(.content(s.id))
    }

    public func openText(_ space: SpaceId, _ place: TextPlace) throws(IthacaFault) -> OpenText {
        let text = try read(try writable(space), place).text
        let known = typing.first { $0.value.space == space && $0.value.place == place }?.key
        let session = known ?? TextSessionId(no: UInt64(typing.count + 1))
        var open = FakeTyping(space, place, text)
        let state = open.opened()
        typing[session] = open
        return OpenText(session: session, state: state)
    }

    private func isOpen(_ session: TextSessionId) throws(IthacaFault) -> FakeTyping {
        try ask()
        guard let open = typing[session] else { throw .notFound("text that is being edited") }
        return open
    }

    public func typeIn(_ session: TextSessionId, _ input: TextInput) throws(IthacaFault) -> TextState {
        var open = try isOpen(session)
        let s = try writable(open.space)
        let now = try open.types(input, into: try read(s, open.place).text)
        write(s, open.place, now.text)
        defer { typing[session] = open }
        return open.tells(now)
    }

    public func refreshText(_ session: TextSessionId, seen: UInt64) throws(IthacaFault) -> TextState {
        var open = try isOpen(session)
        open.seen(seen)
        defer { typing[session] = open }
        return open.tells(Units(try read(try found(open.space), open.place).text))
    }

    public func undoText(_ session: TextSessionId, seen: UInt64) throws(IthacaFault) -> TextState {
        try turn(session, seen) { $0.undo($1) }
    }

    public func redoText(_ session: TextSessionId, seen: UInt64) throws(IthacaFault) -> TextState {
        try turn(session, seen) { $0.redo($1) }
    }

    private func turn(
        _ session: TextSessionId, _ seen: UInt64, _ to: (inout FakeTyping, String) -> Units?
    ) throws(IthacaFault) -> TextState {
        var open = try isOpen(session)
        let s = try writable(open.space)
        open.seen(seen)
        let text = try read(s, open.place).text
        let now = to(&open, text) ?? Units(text)
        write(s, open.place, now.text)
        defer { typing[session] = open }
        return open.tells(now)
    }

    public func closeText(_ session: TextSessionId) throws(IthacaFault) {
        try ask()
        typing[session] = nil
    }

    public func widenedInput(_ session: TextSessionId, _ input: TextInput) throws(IthacaFault) -> TextInput {
        try isOpen(session).widened(input)
    }

    public func chooseWords(_ space: SpaceId, _ place: TextPlace, run: String) throws(IthacaFault) {
        let s = try writable(space)
        let now = try read(s, place)
        guard let group = now.choices.first(where: { $0.contains { $0.run == run } }), let chosen = group.first(where: { $0.run == run })
        else { throw .notFound("wording") }
        var units = Units(now.text)
        units.splice(TextRange(group.map(\.range.lowerBound).min()!, group.map(\.range.upperBound).max()!), chosen.words)
        write(s, place, units.text)
    }

    /// As after the engine slept: no text is open any more.
    public func forgetTyping() { typing = [:] }

    /// The other writes in a text.
    public func otherTypes(_ space: SpaceId, _ place: TextPlace, at: Int, _ text: String) throws(IthacaFault) {
        let s = try found(space)
        var now = Units(try read(s, place).text)
        now.splice(TextRange(at, at), text)
        let range = TextRange(at, at + text.utf16.count)
        for (session, open) in typing where open.space == space && open.place == place {
            typing[session]?.fresh = [FreshWords(range: range, by: s.pair?.other ?? me, since: time.ms)]
        }
        write(s, place, now.text)
    }
}

extension GoalPart {
    var path: WritableKeyPath<Goal, SharedText> {
        switch self {
        case .title: \.title
        case .why: \.why
        case .success: \.success
        case .risk: \.risk
        case .support: \.support
        }
    }
}
