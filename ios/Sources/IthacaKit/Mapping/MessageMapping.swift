// The core's records of message as app types, and back.
import Foundation
internal import IthacaBindings

extension Reaction {
    init(_ v: IthacaBindings.ReactionView) {
        self.init(
            emoji: v.emoji,
            people: v.people.map(Who.init))
    }
}

extension Message {
    init(_ v: IthacaBindings.MessageView) {
        self.init(
            id: MessageId(v.message),
            by: Who(v.by),
            sentAt: Date(ms: v.atMs),
            text: v.text,
            reply: v.reply.map(MessageId.init),
            editedAt: v.editedAtMs.map(Date.init(ms:)),
            mayHaveBeenRead: v.mayHaveBeenRead,
            reactions: v.reactions.map(Reaction.init),
            readBy: v.readBy.map(Who.init),
            at: v.at.map(Whereabouts.init))
    }
}

extension Messages {
    init(_ v: IthacaBindings.MessagePage) {
        self.init(
            messages: v.messages.map(Message.init),
            before: v.before)
    }
}
