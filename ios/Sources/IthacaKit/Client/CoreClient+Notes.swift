// Notes, of the library.
internal import IthacaBindings

extension CoreClient {
    public func notes(_ filter: NoteFilter, offset: Int, limit: Int) async throws(IthacaFault) -> Page<NoteLine> {
        try await asking { try await Page(core.notes(filter: filter.core, offset: natural(offset), limit: natural(limit))) }
    }

    public func note(_ space: SpaceId, _ note: NoteId) async throws(IthacaFault) -> Note {
        try await asking { try await Note(core.note(space: space.text, note: note.text)) }
    }

    public func newNote(_ space: SpaceId, title: String) async throws(IthacaFault) -> NoteId {
        try await asking { try await NoteId(core.newNote(space: space.text, title: title)) }
    }

    public func newPrivateNote(_ pair: SpaceId?, title: String) async throws(IthacaFault) -> NoteId {
        try await asking { try await NoteId(core.newPrivateNote(pair: pair?.text, title: title)) }
    }

    public func editNote(_ space: SpaceId, _ note: NoteId, _ edits: [NoteEdit]) async throws(IthacaFault) {
        try await asking { try await core.editNote(space: space.text, note: note.text, edits: edits.map(\.core)) }
    }

    public func notHolding(_ space: SpaceId, _ note: NoteId) async throws(IthacaFault) -> [Who] {
        try await asking { try await core.notHolding(space: space.text, note: note.text).map(Who.init) }
    }

    public func deleteForGood(_ space: SpaceId, _ note: NoteId) async throws(IthacaFault) {
        try await asking { try await core.deleteForGood(space: space.text, note: note.text) }
    }

    public func placeOf(_ space: SpaceId, document: String) async throws(IthacaFault) -> Whereabouts {
        try await asking { try await Whereabouts(core.placeOf(space: space.text, document: document)) }
    }
}
