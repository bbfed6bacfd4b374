// Calls as most callers make them: the first page, no reason given, no answer meant.

extension Client {
    public func notes(_ filter: NoteFilter, limit: Int = 50) async throws(IthacaFault) -> Page<NoteLine> {
        try await notes(filter, offset: 0, limit: limit)
    }

    public func goals(_ space: SpaceId) async throws(IthacaFault) -> [Goal] { try await goals(space, bin: false) }
    public func messages(_ space: SpaceId, limit: Int = 50) async throws(IthacaFault) -> Messages {
        try await messages(space, before: nil, limit: limit)
    }

    @discardableResult
    public func say(_ space: SpaceId, _ text: String) async throws(IthacaFault) -> MessageId { try await say(space, text, reply: nil) }

    public func planSession(_ space: SpaceId, title: String, day: Day?) async throws(IthacaFault) -> SessionId {
        try await planSession(space, title: title, day: day, [])
    }

    public func setGoalStatus(_ space: SpaceId, _ goal: GoalId, _ status: GoalStatus) async throws(IthacaFault) {
        try await setGoalStatus(space, goal, status, reason: nil)
    }

    public func setSessionState(_ space: SpaceId, _ session: SessionId, _ state: SessionState) async throws(IthacaFault) {
        try await setSessionState(space, session, state, reason: nil)
    }

    public func history(_ space: SpaceId, document: String) async throws(IthacaFault) -> [HistoryLine] {
        try await history(space, document: document, item: nil)
    }
}
