// Notes, in memory.
import Foundation

extension FakeClient {
    public func notes(_ filter: NoteFilter, offset: Int, limit: Int) throws(IthacaFault) -> Page<NoteLine> {
        try ask()
        var here = try filter.space.map { (s) throws(IthacaFault) in [try found(s)] } ?? spaces
        if filter.withPrivate, filter.space != personal { here.append(try found(personal)) }
        let tag = filter.tag?.lowercased()
        let all = here.flatMap(\.notes)
            .filter { $0.alive != filter.bin && (tag == nil || $0.tags.contains { $0.lowercased() == tag }) }
            .sorted { $0.editedAt > $1.editedAt }
        let lines = all.dropFirst(offset).prefix(limit).map {
            NoteLine(
                space: $0.space, id: $0.id, title: $0.title, beginning: String($0.body.words.prefix(160)), date: $0.date, tags: $0.tags,
                isPrivate: $0.isPrivate, differs: !$0.differs.isEmpty || !$0.body.choices.isEmpty, editedBy: $0.editedBy,
                editedAt: $0.editedAt)
        }
        return Page(lines: lines, more: all.count > offset + limit)
    }

    public func note(_ space: SpaceId, _ note: NoteId) throws(IthacaFault) -> Note {
        guard let found = try at(space).notes.find(note) else { throw .notFound("note") }
        return found
    }

    private func begin(_ s: FakeSpace, _ title: String) -> NoteId {
        let note = Note(
            space: s.id, id: NoteId(id("note")), title: title, date: nil, place: nil, body: SharedText(text: ""), tags: [], functions: [],
            links: [], isPrivate: s.id == personal, alive: true, kept: false, differs: [], editedBy: me, editedAt: now(),
            at: s.id == personal ? .other : .here)
        s.notes.append(note)
        tell(.content(s.id))
        return note.id
    }

    public func newNote(_ space: SpaceId, title: String) throws(IthacaFault) -> NoteId { begin(try writable(space), title) }
    public func newPrivateNote(_ pair: SpaceId?, title: String) throws(IthacaFault) -> NoteId { begin(try writable(personal), title) }

    public func editNote(_ space: SpaceId, _ note: NoteId, _ edits: [NoteEdit]) throws(IthacaFault) {
        let (s, at) = (try writable(space), now())
        let known = s.notes.change(note) { v in
            for edit in edits {
                switch edit {
                case .title(let title): v.title = title
                case .date(let date): v.date = date
                case .place(let place): v.place = place
                case .tag(let tag, let on): v.tags = v.tags.with(tag, on: on)
                case .function(let function, let on): v.functions = v.functions.with(function, on: on)
                case .link(let link, let on): v.links = v.links.with(link, on: on)
                case .delete: v.alive = false
                case .restore: v.alive = true
                }
            }
            (v.editedBy, v.editedAt) = (me, at)
        }
        guard known else { throw .notFound("note") }
        tell(.content(space))
    }

    public func notHolding(_ space: SpaceId, _ note: NoteId) throws(IthacaFault) -> [Who] { try at(space).pair.map { [$0.other] } ?? [] }

    public func deleteForGood(_ space: SpaceId, _ note: NoteId) throws(IthacaFault) {
        guard try writable(space).notes.take(note) != nil else { throw .notFound("note") }
        tell(.content(space))
    }

    public func placeOf(_ space: SpaceId, document: String) throws(IthacaFault) -> Whereabouts {
        try at(space).notes.find(NoteId(document))?.at ?? .here
    }
}
