// Messages: three states as words on tap; unsent ones look written, not failed.
import Observation

@MainActor
@Observable
public final class MessagesModel: ScreenModel {
    public let space: SpaceId
    public private(set) var messages: [Message] = []
    public private(set) var earlier: UInt64?
    public private(set) var pair: PairLine?
    /// The message that is answered or reworded.
    public private(set) var reply: Message?
    public private(set) var rewording: Message?
    public var draft = "" {
        didSet { if rewording == nil, draft != oldValue { begun.type(draft) } }
    }
    let begun: Draft
    private var shown = 50
    private var told: MessageId?

    override public class var screen: Screen { .messages }
    override var isEmpty: Bool { messages.isEmpty }
    override var isLong: Bool { earlier != nil || messages.count > Self.many * 2 }
    override func isAbout(_ change: Change) -> Bool { change.isOf(space) }
    override func leave() async { await begun.leave() }

    public init(client: any Client, here: Here, space: SpaceId) {
        (self.space, begun) = (space, Draft(client, "say.\(space.text)"))
        super.init(client, here)
    }

    override func load() async {
        await attempt {
            if let words = try await begun.begun(), draft.isEmpty { draft = words }
            let page = try await client.messages(space, limit: shown)
            pair = try await client.pairs().first { $0.space == space }
            (messages, earlier) = (page.messages, page.before)
            // What stands on the screen is read.
            if pair?.receipts == true, let last = page.messages.last(where: { !$0.by.me })?.id, last != told {
                try await client.readTo(space, last)
                told = last
            }
        }
    }

    public var name: String { pair?.other.name ?? "" }
    public var empty: String { words("messages.empty") }
    public var example: String { words("messages.empty_example") }
    public var ended: String? { pair?.state == .ended ? words("messages.ended") : nil }
    public var placeholder: String { words("messages.write", ["name": name]) }
    public var replyLine: String? { reply.map { words("messages.reply_to", ["words": $0.text ?? ""]) } }
    public var canSay: Bool { !busy && given(draft) != nil && pair.map { $0.state != .ended && isWritable($0.state) } ?? false }

    /// How far it came, in a word; for what the other said, nothing.
    public func place(_ message: Message) -> String? {
        switch message.at {
        case nil: nil
        case .here: words("messages.here")
        case .relay: words("messages.relay")
        case .other: message.readBy.isEmpty ? words("messages.other", ["name": name]) : words("messages.read")
        }
    }

    public func text(_ message: Message) -> String {
        if let text = message.text { return text }
        guard message.mayHaveBeenRead else { return words("messages.withdrawn") }
        return message.by.me ? words("messages.withdrawn_read", ["name": name]) : words("messages.withdrawn_read_you")
    }

    public func bubble(_ message: Message) -> String {
        words("messages.bubble", ["name": words.name(message.by), "time": here.ago(message.sentAt), "words": text(message)])
    }

    public func reacted(_ reaction: Reaction) -> String {
        words("messages.reacted", ["emoji": reaction.emoji, "names": words.names(reaction.people)])
    }

    public func canChange(_ message: Message) -> Bool { message.by.me && message.text != nil }

    public func answer(_ message: Message?) { (reply, rewording) = (message, nil) }

    public func reword(_ message: Message) {
        guard canChange(message) else { return }
        (rewording, reply, draft) = (message, nil, message.text ?? "")
    }

    /// Says what was typed, or puts the new words in place of the old. What was typed stays until that is kept.
    public func say() async {
        guard canSay, let text = given(draft) else { return }
        let (reply, rewording) = (reply, rewording)
        let done: Void? = await attempt {
            if let rewording {
                try await client.reword(space, rewording.id, text: text)
            } else {
                _ = try await client.say(space, text, reply: reply?.id)
            }
        }
        guard done != nil else { return }
        (draft, self.reply) = ("", nil)
        self.rewording = nil
        if rewording == nil { await begun.done() }
        await load()
    }

    public var withdrawAbout: String { words("messages.withdraw_about") }
    public func withdraw(_ message: Message) async {
        if await attempt({ try await client.withdrawMessage(space, message.id) }) != nil { await load() }
    }

    public func react(_ message: Message, _ emoji: String) async {
        let on = !message.reactions.contains { $0.emoji == emoji && $0.people.contains(where: \.me) }
        if await attempt({ try await client.react(space, message.id, emoji: emoji, on: on) }) != nil { await load() }
    }

    public func older() async {
        shown += 50
        await load()
    }
}
