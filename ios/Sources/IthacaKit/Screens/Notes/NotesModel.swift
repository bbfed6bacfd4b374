// The notes of a pair, or all one's own; tags; the bin.
import Observation

@MainActor
@Observable
public final class NotesModel: ScreenModel {
    /// Nil: this person's own notes.
    public let space: SpaceId?
    public private(set) var lines: [NoteLine] = []
    public private(set) var more = false
    public private(set) var tag: String?
    public private(set) var inBin = false
    /// A note that is about to be deleted for good, and what is known of it.
    public private(set) var leaving: (line: NoteLine, about: String)?
    private var shown = 20

    override public class var screen: Screen { .notes }
    override var isEmpty: Bool { lines.isEmpty }
    override var isLong: Bool { more || lines.count > Self.many }
    override var isDiffering: Bool { lines.contains(where: \.differs) }

    public init(client: any Client, here: Here, space: SpaceId?) {
        self.space = space
        super.init(client, here)
    }

    override func isAbout(_ change: Change) -> Bool {
        if case .content = change { true } else { false }
    }

    override func load() async {
        await attempt {
            let personal = try await client.personalSpace()
            let filter = NoteFilter(space: space ?? personal, withPrivate: space != nil, tag: tag, bin: inBin)
            let page = try await client.notes(filter, offset: 0, limit: shown)
            (lines, more) = (page.lines, page.more)
        }
    }

    public var empty: String { words(inBin ? "common.bin_empty" : "notes.empty") }
    public var example: String? { inBin ? nil : words("notes.empty_example") }
    public var tags: [String] { Set(lines.flatMap(\.tags)).sorted() }

    public func title(_ line: NoteLine) -> String { given(line.title) ?? words("notes.untitled") }
    public func edited(_ line: NoteLine) -> String {
        let when = here.ago(line.editedAt)
        guard let by = line.editedBy, !by.me else { return words("notes.edited_you", ["when": when]) }
        return words("notes.edited", ["name": by.name, "when": when])
    }
    public func mark(_ line: NoteLine) -> String? {
        line.differs ? words("notes.differs") : line.isPrivate ? words("notes.private") : nil
    }

    public func older() async {
        shown += 20
        await load()
    }

    public func choose(tag: String?) async {
        self.tag = tag
        await load()
    }

    public func look(inBin: Bool) async {
        self.inBin = inBin
        await load()
    }

    /// Begins a note; private ones stay on this person's devices.
    public func begin(_ title: String, privately: Bool = false) async -> (SpaceId, NoteId)? {
        guard let space, !privately else {
            guard let note = await attempt({ try await client.newPrivateNote(space, title: title) }),
                let personal = await attempt({ try await client.personalSpace() })
            else { return nil }
            return (personal, note)
        }
        return await attempt { (space, try await client.newNote(space, title: title)) }
    }

    public func restore(_ line: NoteLine) async {
        if await attempt({ try await client.editNote(line.space, line.id, [.restore]) }) != nil { await load() }
    }

    /// Asks before something goes for good, and says whose phone has not answered.
    public func askForGood(_ line: NoteLine) async {
        guard let away = await attempt({ try await client.notHolding(line.space, line.id) }) else { return }
        let about = away.isEmpty
            ? words("notes.for_good_all") : words("notes.for_good_about", ["name": away.map(\.name).joined(separator: ", ")])
        leaving = (line, about)
    }

    public func keep() { leaving = nil }

    public func deleteForGood() async {
        guard let line = leaving?.line else { return }
        if await attempt({ try await client.deleteForGood(line.space, line.id) }) != nil {
            leaving = nil
            await load()
        }
    }
}
