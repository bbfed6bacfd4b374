// Goals and promises, of the library.
internal import IthacaBindings

extension CoreClient {
    public func goals(_ space: SpaceId, bin: Bool) async throws(IthacaFault) -> [Goal] {
        try await asking { try await core.goals(space: space.text, bin: bin).map(Goal.init) }
    }

    public func goal(_ space: SpaceId, _ goal: GoalId) async throws(IthacaFault) -> Goal {
        try await asking { try await Goal(core.goal(space: space.text, goal: goal.text)) }
    }

    public func newGoal(_ space: SpaceId, _ draft: GoalDraft) async throws(IthacaFault) -> GoalId {
        try await asking { try await GoalId(core.newGoal(space: space.text, draft: draft.core)) }
    }

    public func newMilestone(_ space: SpaceId, _ goal: GoalId, text: String) async throws(IthacaFault) -> ItemId {
        try await asking { try await ItemId(core.newMilestone(space: space.text, goal: goal.text, text: text)) }
    }

    public func newAction(_ space: SpaceId, _ draft: ActionDraft) async throws(IthacaFault) -> ItemId {
        try await asking { try await ItemId(core.newAction(space: space.text, draft: draft.core)) }
    }

    public func editGoals(_ space: SpaceId, _ edits: [GoalEdit]) async throws(IthacaFault) {
        try await asking { try await core.editGoals(space: space.text, edits: edits.map(\.core)) }
    }

    public func setGoalStatus(_ space: SpaceId, _ goal: GoalId, _ status: GoalStatus, reason: String?) async throws(IthacaFault) {
        try await asking { try await core.setGoalStatus(space: space.text, goal: goal.text, status: status.core, reason: reason) }
    }

    public func actions(_ space: SpaceId) async throws(IthacaFault) -> Actions {
        try await asking { try await Actions(core.actions(space: space.text)) }
    }
}
