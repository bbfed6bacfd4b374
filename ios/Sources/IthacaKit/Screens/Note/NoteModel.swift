// A note: title, text at once, nothing else until asked. What the other types comes in while one types oneself.
import Observation

@MainActor
@Observable
public final class NoteModel: ScreenModel {
    public let space: SpaceId
    public let id: NoteId
    public let body: TextFieldModel
    public private(set) var note: Note?
    private var other = ""
    public var title = ""
    public var tag = ""

    override public class var screen: Screen { .note }
    override var isEmpty: Bool { body.text.isEmpty && (note?.title ?? "").isEmpty }
    override var isLong: Bool { body.text.count > Self.manyLetters }
    override var isDiffering: Bool { note.map { !$0.body.choices.isEmpty || !$0.differs.isEmpty } ?? false }
    override func isAbout(_ change: Change) -> Bool { change.isOf(space) }

    public init(
        client: any Client, here: Here, space: SpaceId, note: NoteId,
        pause: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(250)) }
    ) {
        (self.space, id) = (space, note)
        body = TextFieldModel(client, space, .note(note), pause: pause)
        super.init(client, here)
    }

    override func load() async {
        guard let note = await attempt({ try await client.note(space, id) }) else { return }
        if title == (self.note?.title ?? "") { title = note.title }
        self.note = note
        if other.isEmpty, !note.isPrivate { other = await attempt { try await client.foot(space).name } ?? "" }
    }

    override public var problem: String? { super.problem ?? body.fault.map(words.fault) }
    override public var state: ScreenState { body.fault != nil ? .error : super.state }

    /// Follows the note and its text until the task is cancelled.
    override public func follow() async {
        async let text: Void = body.follow()
        await super.follow()
        await text
    }

    public var place: String {
        guard let note else { return "" }
        if body.unsaved { return words("note.unsaved") }
        if note.isPrivate { return words("note.at_private") }
        switch note.at {
        case .here: return words("note.at_here")
        case .relay: return words("note.at_relay")
        case .other: return words("note.at_other", ["name": other])
        }
    }

    public var binned: String? { note?.alive == false ? words("note.binned") : nil }
    public var kept: String? {
        note.flatMap { $0.kept ? words("note.kept", ["name": $0.editedBy.map(words.name) ?? words("history.somebody")]) : nil }
    }

    /// Who wrote what is tinted.
    public var freshLine: String? { body.fresh.first.map { words("note.fresh", ["name": $0.by.name]) } }

    public var choices: [[Wording]] { note?.body.choices ?? [] }
    public var choicesLine: String? { choices.isEmpty ? nil : words("note.choices") }
    public func label(_ wording: Wording) -> String {
        words("note.choice", ["words": wording.words, "name": words.names(wording.by)])
    }

    public func choose(_ wording: Wording) async {
        guard await attempt({ try await client.chooseWords(space, .note(id), run: wording.run) }) != nil else { return }
        await body.refresh()
        await load()
    }

    public func keepTitle() async {
        guard let note, title != note.title else { return }
        let title = title
        await edit(.title(title))
    }

    public var canAddTag: Bool { !busy && given(tag) != nil }
    public func addTag() async {
        guard let tag = given(tag) else { return }
        await edit(.tag(tag, on: true))
        if fault == nil { self.tag = "" }
    }

    public func removeLabel(_ tag: String) -> String { words("note.tag_remove", ["tag": tag]) }
    public func remove(_ tag: String) async { await edit(.tag(tag, on: false)) }
    public func date(_ day: Day?) async { await edit(.date(day)) }
    public func delete() async { await edit(.delete) }
    public func restore() async { await edit(.restore) }

    private func edit(_ edit: NoteEdit) async {
        if await attempt({ try await client.editNote(space, id, [edit]) }) != nil { await load() }
    }
}
