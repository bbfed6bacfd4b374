package ithaca.bridge

/** Goals, their milestones, and actions. */
interface GoalCalls {
    suspend fun goals(space: SpaceId, bin: Boolean = false): List<Goal>
    suspend fun goal(space: SpaceId, goal: GoalId): Goal
    suspend fun newGoal(space: SpaceId, draft: GoalDraft): GoalId
    suspend fun newMilestone(space: SpaceId, goal: GoalId, text: String): ItemId
    suspend fun newAction(space: SpaceId, draft: ActionDraft): ItemId
    suspend fun editGoals(space: SpaceId, edits: List<GoalEdit>)
    suspend fun setGoalStatus(space: SpaceId, goal: GoalId, status: GoalStatus, reason: String? = null)
    suspend fun actions(space: SpaceId): Actions
}
