// What tests and previews put in.
import Foundation

extension FakeClient {
    /// The next call throws this.
    public func fail(_ fault: IthacaFault?) { failing = fault }

    @discardableResult
    public func addPair(_ name: String, state: PairState = .running) -> SpaceId {
        let other = Who(person: PersonId(id("person")), name: name, me: false)
        let line = PairLine(
            space: SpaceId(id("space")), other: other, safetyNumber: "1234 5678", comparedAt: nil, compared: nil, mustCompare: false,
            state: state, stage: .initiation, proposed: [], receipts: false, relays: relayAddress.map { [$0] } ?? [])
        spaces.append(FakeSpace(line.space, line))
        tell(.members(line.space))
        return line.space
    }

    /// Two differ on a field.
    @discardableResult
    public func addCard(
        _ space: SpaceId, noun: CardNoun = .goal, title: String = "Safe handover", field: String = "status",
        mine: String = "achieved", theirs: String = "paused", onlyMine: Bool = false
    ) throws(IthacaFault) -> Card {
        let found = try found(space)
        let value = { (words: String, by: Who?) in DifferValue(words: words, person: nil, by: by, at: self.time, reason: nil) }
        let card = Card(
            id: CardId(id("card")), space: space, noun: noun, title: title, field: field,
            values: [value(mine, me), value(theirs, found.pair?.other)], shown: nil, meanwhile: "active", onlyMine: onlyMine)
        found.cards.append(card)
        tell(.content(space))
        return card
    }

    /// The other says something.
    @discardableResult
    public func addMessage(_ space: SpaceId, _ text: String) throws(IthacaFault) -> MessageId {
        let found = try found(space)
        found.heardAt = now()
        return put(found, found.pair?.other ?? me, text, nil, nil)
    }

    func put(_ space: FakeSpace, _ by: Who, _ text: String, _ reply: MessageId?, _ at: Whereabouts?) -> MessageId {
        let message = Message(
            id: MessageId(id("message")), by: by, sentAt: now(), text: text, reply: reply, editedAt: nil, mayHaveBeenRead: false,
            reactions: [], readBy: [], at: at)
        space.messages.append(message)
        tell(.content(space.id))
        return message.id
    }

    public func addNotice(_ kind: String, space: SpaceId? = nil) {
        noticed.append(Notice(no: noticed.count + 1, space: space, kind: kind, at: time, words: kind))
        tell(.notices)
    }

    public func addHistory(_ space: SpaceId, _ line: HistoryLine) throws(IthacaFault) { try found(space).history.append(line) }

    /// A device asks to be this person's.
    public func addComer(_ name: String, state: ComerState = .asking) {
        ownDevices.comers.append(Comer(id: id("comer"), name: name, words: "fern gull harbour iron", state: state))
        tell(.invites)
    }

    /// Somebody answers an invitation of this person.
    @discardableResult
    public func answer(_ invite: InviteId, name: String, spoken: Bool = false) throws(IthacaFault) -> PersonId {
        let person = PersonId(id("person"))
        let known = invited.change(invite) {
            $0.state = .answered
            $0.answers.append(Answered(person: person, name: name, safetyNumber: "1234 5678", spoken: spoken))
        }
        guard known else { throw .notFound("invitation") }
        tell(.invites)
        return person
    }

    /// Two people's notes, dates or words differ.
    public func differ(_ space: SpaceId, _ note: NoteId, wordings: [[Wording]]) throws(IthacaFault) {
        let found = try found(space)
        let known = found.notes.change(note) { $0.body.choices = wordings }
        guard known else { throw .notFound("note") }
        tell(.content(space))
    }

    /// Two say different things of where a goal stands.
    public func differ(_ space: SpaceId, _ goal: GoalId, mine: String, theirs: String) throws(IthacaFault) {
        let found = try found(space)
        let value = { (words: String, by: Who?) in DifferValue(words: words, person: nil, by: by, at: self.time, reason: nil) }
        let said = [value(mine, me), value(theirs, found.pair?.other)]
        guard found.goals.change(goal, { $0.said = said }) else { throw .notFound("goal") }
        tell(.content(space))
    }

    /// A pair as if it had never been.
    public func forget(_ space: SpaceId) {
        spaces.removeAll { $0.id == space }
        tell(.members(space))
    }

    public func wait(_ space: SpaceId, onRelay: Int) throws(IthacaFault) {
        try found(space).onRelay = onRelay
        tell(.whereabouts(space))
    }

    public func goOnline(_ on: Bool) { become { $0.online = on } }
    public func put(trouble: String?) { become { $0.trouble = trouble } }

    public func putRelay(_ address: String, trouble: String? = nil) {
        relayAddress = address
        troubles = trouble.map { [Relay(origin: address, trouble: $0, again: nil)] } ?? []
    }
}
