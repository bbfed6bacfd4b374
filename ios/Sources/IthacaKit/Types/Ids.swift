// Names of things: opaque, and each of one noun, so that a note's cannot stand where a goal's is meant.

public struct Name<Noun>: Sendable, Hashable {
    public let text: String
    public init(_ text: String) { self.text = text }
}

public enum SpaceNoun {}
public enum ItemNoun {}
public enum DeviceNoun {}

public typealias SpaceId = Name<SpaceNoun>
public typealias NoteId = Name<Note>
public typealias GoalId = Name<Goal>
/// A milestone, an action, a point of an agenda, a clause.
public typealias ItemId = Name<ItemNoun>
public typealias SessionId = Name<Session>
public typealias MessageId = Name<Message>
public typealias PersonId = Name<Who>
public typealias DeviceId = Name<DeviceNoun>
public typealias CardId = Name<Card>
public typealias InviteId = Name<Invite>
