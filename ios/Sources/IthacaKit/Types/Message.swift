// A message, and how far it came.
import Foundation

public struct Reaction: Sendable, Hashable {
    public var emoji: String
    public var people: [Who]
}

public struct Message: Sendable, Hashable, Identifiable {
    public var id: MessageId
    public var by: Who
    public var sentAt: Date
    public var text: String?
    public var reply: MessageId?
    public var editedAt: Date?
    public var mayHaveBeenRead: Bool
    public var reactions: [Reaction]
    public var readBy: [Who]
    public var at: Whereabouts?
}

/// Oldest first; `before` asks for the page before this one, and is nil where there is none.
public struct Messages: Sendable, Hashable {
    public var messages: [Message]
    public var before: UInt64?
}
