// Messages, of the library.
internal import IthacaBindings

extension CoreClient {
    public func messages(_ space: SpaceId, before: UInt64?, limit: Int) async throws(IthacaFault) -> Messages {
        try await asking { try await Messages(core.messages(space: space.text, before: before, limit: natural(limit))) }
    }

    public func say(_ space: SpaceId, _ text: String, reply: MessageId?) async throws(IthacaFault) -> MessageId {
        try await asking { try await MessageId(core.say(space: space.text, text: text, reply: reply?.text)) }
    }

    public func reword(_ space: SpaceId, _ message: MessageId, text: String) async throws(IthacaFault) {
        try await asking { try await core.reword(space: space.text, message: message.text, text: text) }
    }

    public func withdrawMessage(_ space: SpaceId, _ message: MessageId) async throws(IthacaFault) {
        try await asking { try await core.withdrawMessage(space: space.text, message: message.text) }
    }

    public func react(_ space: SpaceId, _ message: MessageId, emoji: String, on: Bool) async throws(IthacaFault) {
        try await asking { try await core.react(space: space.text, message: message.text, emoji: emoji, on: on) }
    }

    public func readTo(_ space: SpaceId, _ message: MessageId) async throws(IthacaFault) {
        try await asking { try await core.readTo(space: space.text, message: message.text) }
    }
}
