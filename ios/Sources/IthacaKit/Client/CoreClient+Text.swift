// Text, of the library.
internal import IthacaBindings

extension CoreClient {
    public func openText(_ space: SpaceId, _ place: TextPlace) async throws(IthacaFault) -> OpenText {
        try await asking { try await OpenText(core.openText(space: space.text, place: place.core)) }
    }

    public func typeIn(_ session: TextSessionId, _ input: TextInput) async throws(IthacaFault) -> TextState {
        try await asking { try await TextState(core.typeIn(session: session.no, input: try input.core)) }
    }

    public func refreshText(_ session: TextSessionId, seen: UInt64) async throws(IthacaFault) -> TextState {
        try await asking { try await TextState(core.refreshText(session: session.no, seen: seen)) }
    }

    public func undoText(_ session: TextSessionId, seen: UInt64) async throws(IthacaFault) -> TextState {
        try await asking { try await TextState(core.undoText(session: session.no, seen: seen)) }
    }

    public func redoText(_ session: TextSessionId, seen: UInt64) async throws(IthacaFault) -> TextState {
        try await asking { try await TextState(core.redoText(session: session.no, seen: seen)) }
    }

    public func closeText(_ session: TextSessionId) async throws(IthacaFault) {
        try await asking { try await core.closeText(session: session.no) }
    }

    public func widenedInput(_ session: TextSessionId, _ input: TextInput) async throws(IthacaFault) -> TextInput {
        try await asking { try await TextInput(core.widenedInput(session: session.no, input: try input.core)) }
    }

    public func chooseWords(_ space: SpaceId, _ place: TextPlace, run: String) async throws(IthacaFault) {
        try await asking { try await core.chooseWords(space: space.text, place: place.core, run: run) }
    }
}
