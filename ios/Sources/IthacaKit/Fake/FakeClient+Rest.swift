// Messages, cards, search, settings and own devices, in memory.
import Foundation

extension FakeClient {
    public func messages(_ space: SpaceId, before: UInt64?, limit: Int) throws(IthacaFault) -> Messages {
        let all = try at(space).messages
        let end = before.map { Int($0) } ?? all.count
        let from = max(0, end - limit)
        return Messages(messages: Array(all[from..<end]), before: from > 0 ? UInt64(from) : nil)
    }

    public func say(_ space: SpaceId, _ text: String, reply: MessageId?) throws(IthacaFault) -> MessageId {
        try ask()
        if text.allSatisfy(\.isWhitespace) { throw .badInput(.value, why: "there is nothing to say") }
        return put(try writable(space), me, text, reply, .here)
    }

    private func change(_ space: SpaceId, _ message: MessageId, _ act: (inout Message) -> Void) throws(IthacaFault) {
        guard try writable(space).messages.change(message, act) else { throw .notFound("message") }
        tell(.content(space))
    }

    public func reword(_ space: SpaceId, _ message: MessageId, text: String) throws(IthacaFault) {
        let at = now()
        try change(space, message) { ($0.text, $0.editedAt) = (text, at) }
    }

    public func withdrawMessage(_ space: SpaceId, _ message: MessageId) throws(IthacaFault) {
        try change(space, message) { ($0.text, $0.mayHaveBeenRead, $0.reactions) = (nil, $0.at == .other, []) }
    }

    public func readTo(_ space: SpaceId, _ message: MessageId) throws(IthacaFault) {
        _ = try at(space)
        read[space] = message
    }

    public func react(_ space: SpaceId, _ message: MessageId, emoji: String, on: Bool) throws(IthacaFault) {
        try change(space, message) { m in
            let others = (m.reactions.first { $0.emoji == emoji }?.people ?? []).filter { !$0.me }
            let people = others + (on ? [me] : [])
            m.reactions = m.reactions.filter { $0.emoji != emoji } + (people.isEmpty ? [] : [Reaction(emoji: emoji, people: people)])
        }
    }

    public func cards(_ space: SpaceId) throws(IthacaFault) -> [Card] { try at(space).cards }

    public func keepValue(_ card: Card, _ index: Int) throws(IthacaFault) {
        let s = try writable(card.space)
        guard card.values.indices.contains(index) else { throw .notFound("value on this card") }
        guard s.cards.take(card.id) != nil else { throw .notFound("card") }
        tell(.content(card.space))
    }

    public func search(_ query: String, space: SpaceId?, limit: Int) throws(IthacaFault) -> [Found] {
        try ask()
        let words = query.lowercased().split(separator: " ")
        let fits = { (text: String) in !words.isEmpty && words.allSatisfy { text.lowercased().contains($0) } }
        var out: [Found] = []
        for s in spaces where space == nil || s.id == space {
            let add = { (noun: FoundNoun, id: String, text: String) in
                if fits(text) { out.append(Found(space: s.id, noun: noun, id: id, excerpt: text)) }
            }
            for note in s.notes where note.alive { add(.note, note.id.text, note.title + " " + note.body.words) }
            for goal in s.goals { add(.goal, goal.id.text, goal.title.words) }
            for action in s.actions { add(.action, action.id.text, action.text) }
            for session in s.sessions { add(.session, session.line.id.text, session.line.title) }
            for message in s.messages { add(.message, message.id.text, message.text ?? "") }
        }
        return Array(out.prefix(limit))
    }

    public func history(_ space: SpaceId, document: String, item: ItemId?) throws(IthacaFault) -> [HistoryLine] { try at(space).history }

    public func insights(_ space: SpaceId, last n: Int) throws(IthacaFault) -> Insights {
        let held = try at(space).sessions.filter { $0.line.state == .held }.suffix(n)
        let used = { (words: [String]) in
            Dictionary(grouping: words) { $0 }.map { Used(word: $0.key, n: $0.value.count) }.sorted { ($1.n, $0.word) < ($0.n, $1.word) }
        }
        return Insights(nSessions: held.count, techniques: used(held.flatMap(\.techniques)), functions: used(held.flatMap(\.functions)))
    }

    public func setRelay(_ address: String, account: String?) throws(IthacaFault) -> String {
        try ask()
        guard address.hasPrefix("https://") || address.hasPrefix("http://127.0.0.1") else {
            throw .badInput(.address, why: "a relay's address looks like https://relay.example")
        }
        relayAddress = address
        return address
    }

    public func relay() throws(IthacaFault) -> String? {
        try ask()
        return relayAddress
    }

    public func setting(_ name: String) throws(IthacaFault) -> String? {
        try ask()
        return settings[name]
    }

    public func keepSetting(_ name: String, _ value: String) throws(IthacaFault) {
        try ask()
        settings[name] = value
    }

    public func draft(_ name: String) throws(IthacaFault) -> String {
        try ask()
        return drafts[name] ?? ""
    }

    public func keepDraft(_ name: String, _ text: String) throws(IthacaFault) {
        try ask()
        drafts[name] = text
    }

    public func tellDraft(_ name: String) throws(IthacaFault) {
        try ask()
        told[name] = drafts[name]
    }

    public func exportSpace(_ space: SpaceId, _ form: ExportForm) throws(IthacaFault) -> String {
        try at(space).notes.map { "# \($0.title)\n\($0.body.words)" }.joined(separator: "\n")
    }

    public func importFile(_ path: String) throws(IthacaFault) -> Imported {
        try ask()
        throw .badInput(.file, why: "file is no export of a space")
    }

    public func devices() throws(IthacaFault) -> Devices {
        try ask()
        return ownDevices
    }

    public func scanDevice(_ text: String, relay: String?) throws(IthacaFault) -> Comer {
        try ask()
        guard text.hasPrefix("code-") else { throw .badInput(.code, why: "not the code of a new device, or only a part of one") }
        addComer("Laptop", state: .waiting)
        return ownDevices.comers.last!
    }

    public func approveDevice(_ comer: String) throws(IthacaFault) {
        try ask()
        guard ownDevices.comers.change(comer, { $0.state = .offered }) else { throw .notFound("device") }
        tell(.invites)
    }

    public func nameDevice(_ device: DeviceId, name: String) throws(IthacaFault) {
        try ask()
        guard ownDevices.devices.change(device, { $0.name = name }) else { throw .notFound("device") }
        tell(.invites)
    }

    public func revokeDevice(_ device: DeviceId) throws(IthacaFault) {
        try ask()
        if device == state().device { throw .refused(why: "a device is revoked from another one of yours, not from itself") }
        guard ownDevices.devices.change(device, { $0.revoked = true }) else { throw .notFound("device") }
        tell(.invites)
    }

    public func wordsStatus() throws(IthacaFault) -> WordsStatus {
        try ask()
        return recovery
    }

    public func newWords(old: String?) throws(IthacaFault) -> NewWords {
        try ask()
        recovery.made = true
        return NewWords(words: "one two three four five six seven eight nine ten eleven twelve", relay: relayAddress, waitsFor: 0)
    }

    public func checkWords(_ words: String) throws(IthacaFault) -> WordsCheck {
        try ask()
        return words.hasPrefix("one two") ? .ready : .notInForce
    }

    public func agreeToWords() throws(IthacaFault) {
        try ask()
        guard recovery.asksConsent != nil else { throw .notFound("new words") }
        recovery.asksConsent = nil
    }
}
