// Typing: one text open in one field. Offsets are UTF-16 code units, as the platform's text views count.

/// A text that is open for typing.
public struct TextSessionId: Sendable, Hashable {
    let no: UInt64
}

public struct TextRange: Sendable, Hashable {
    public var start: Int
    public var end: Int

    public init(_ start: Int, _ end: Int) { (self.start, self.end) = (start, end) }
    public var count: Int { end - start }
}

/// What the field did: `replace` counts in the text before, `selection` and `composing` in the text after.
public struct TextInput: Sendable, Hashable {
    /// The last state that this field was told.
    public var generation: UInt64
    public var replace: TextRange
    public var text: String
    public var selection: TextRange
    public var composing: TextRange?
}

/// What the field has to do to what it shows.
public struct TextSplice: Sendable, Hashable {
    public var range: TextRange
    public var text: String
}

/// What somebody else wrote lately.
public struct FreshWords: Sendable, Hashable {
    public var range: TextRange
    public var by: Who
    public var since: Int64
}

public struct TextState: Sendable, Hashable {
    /// The whole text, where it is told whole.
    public var text: String?
    /// One after the other.
    public var splices: [TextSplice]
    public var selection: TextRange
    public var composing: TextRange?
    public var fresh: [FreshWords]
    public var canUndo: Bool
    public var canRedo: Bool
    public var generation: UInt64
    /// Typed and not yet on the disk: for less than a second, or while the disk is full.
    public var unsaved: Bool
}

public struct OpenText: Sendable, Hashable {
    public var session: TextSessionId
    public var state: TextState
}
