// Sessions, of the library.
internal import IthacaBindings

extension CoreClient {
    public func sessions(_ space: SpaceId) async throws(IthacaFault) -> Sessions {
        try await asking { try await Sessions(core.sessions(space: space.text)) }
    }

    public func session(_ space: SpaceId, _ session: SessionId) async throws(IthacaFault) -> Session {
        try await asking { try await Session(core.session(space: space.text, session: session.text)) }
    }

    public func planSession(_ space: SpaceId, title: String, day: Day?, _ edits: [SessionEdit]) async throws(IthacaFault) -> SessionId {
        try await asking { try await SessionId(core.planSession(space: space.text, title: title, date: day?.text, edits: edits.map(\.core))) }
    }

    public func editSession(_ space: SpaceId, _ session: SessionId, _ edits: [SessionEdit]) async throws(IthacaFault) {
        try await asking { try await core.editSession(space: space.text, session: session.text, edits: edits.map(\.core)) }
    }

    public func setSessionState(_ space: SpaceId, _ session: SessionId, _ state: SessionState, reason: String?) async throws(IthacaFault) {
        try await asking { try await core.setSessionState(space: space.text, session: session.text, state: state.core, reason: reason) }
    }

    public func sameMeeting(_ space: SpaceId, _ one: SessionId, _ other: SessionId, same: Bool) async throws(IthacaFault) {
        try await asking { try await core.sameMeeting(space: space.text, one: one.text, other: other.text, same: same) }
    }

    public func prompts(_ space: SpaceId, _ form: SessionForm) async throws(IthacaFault) -> [Prompt] {
        try await asking { try await core.prompts(space: space.text, form: form.core).map(Prompt.init) }
    }

    public func submitForm(
        _ space: SpaceId, _ session: SessionId, _ form: SessionForm, _ answers: [Answer], today: Day, alone: Bool
    ) async throws(IthacaFault) {
        try await asking { try await core.submitForm(
                space: space.text, session: session.text, form: form.core, answers: answers.map { try $0.core }, alone: alone,
                today: today.text) }
    }

    public func keepMinutes(_ space: SpaceId, _ session: SessionId, text: String, alone: Bool) async throws(IthacaFault) {
        try await asking { try await core.keepMinutes(space: space.text, session: session.text, text: text, alone: alone) }
    }
}
