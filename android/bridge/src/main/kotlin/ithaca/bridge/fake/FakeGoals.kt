package ithaca.bridge.fake

import ithaca.bridge.*

/** The fake's goals, milestones and actions. */
internal class FakeGoals(private val world: FakeWorld) : GoalCalls {
    override suspend fun goals(space: SpaceId, bin: Boolean) =
        world.asked { (if (bin) at(space).goalBin else at(space).goals).values.toList() }

    override suspend fun goal(space: SpaceId, goal: GoalId) =
        world.asked { at(space).goals[goal] ?: at(space).goalBin[goal] ?: missing("goal") }

    override suspend fun newGoal(space: SpaceId, draft: GoalDraft) = world.writes(space) { s ->
        val made = GoalId(id("goal"))
        s.goals[made] = Goal(
            made, "goals", Text(draft.title), Text(draft.why), Text(draft.success), Text(draft.risk), Text(draft.support), draft.stretch,
            draft.target, null, GoalStatus.ACTIVE, emptyList(), emptyList(), emptyList(), 0, 0, true, false, emptyList(),
        )
        made
    }

    private fun counted(g: Goal) = g.copy(done = g.milestones.count { it.done.isNotEmpty() }, of = g.milestones.size)

    override suspend fun newMilestone(space: SpaceId, goal: GoalId, text: String) = world.writes(space) { s ->
        val made = Milestone(ItemId(id("milestone")), text, emptyList(), false, emptyList())
        val found = s.goals[goal] ?: missing("goal")
        s.goals[goal] = counted(found.copy(milestones = found.milestones + made))
        made.id
    }

    override suspend fun newAction(space: SpaceId, draft: ActionDraft) = world.writes(space) { s ->
        val made = ItemId(id("action"))
        s.actions[made] = Action(made, draft.text, draft.owners.map(::name), draft.due, draft.from, emptyList(), false, emptyList())
        made
    }

    private fun item(s: FakeSpace, id: ItemId, action: (Action) -> Action, milestone: (Milestone) -> Milestone?) {
        s.actions[id]?.let { return s.actions.set(id, action(it)) }
        val goal = s.goals.values.firstOrNull { g -> g.milestones.any { it.id == id } } ?: missing("item")
        val (there, others) = goal.milestones.partition { it.id == id }
        val after = milestone(there.first())
        val list = if (after == null) others else goal.milestones.map { if (it.id == id) after else it }
        s.goals[goal.id] = counted(goal.copy(milestones = list, bin = if (after == null) goal.bin + there else goal.bin))
    }

    override suspend fun editGoals(space: SpaceId, edits: List<GoalEdit>) = world.writes(space) { s -> edits.forEach { edit(s, it) } }

    private fun FakeWorld.edit(s: FakeSpace, e: GoalEdit) {
        fun goal(id: GoalId, change: (Goal) -> Goal) = s.goals.set(id, change(s.goals[id] ?: missing("goal")))
        when (e) {
            is GoalEdit.Target -> goal(e.goal) { it.copy(target = e.date) }
            is GoalEdit.Review -> goal(e.goal) { it.copy(review = e.date) }
            is GoalEdit.Stretch -> goal(e.goal) { it.copy(stretch = e.on) }
            is GoalEdit.Words -> item(s, e.item, { it.copy(text = e.text) }, { it.copy(text = e.text) })
            is GoalEdit.Ticked -> item(s, e.item, { it.copy(done = ticked(it.done, e.date)) }, { it.copy(done = ticked(it.done, e.date)) })
            is GoalEdit.Due -> item(s, e.action, { it.copy(due = e.date) }, { it })
            is GoalEdit.Owner -> item(s, e.action, { a ->
                a.copy(owners = a.owners.filterNot { it.person == e.person } + if (e.on) listOf(name(e.person)) else emptyList())
            }, { it })
            is GoalEdit.SameThing -> if (e.same) s.actions.remove(e.other)
            is GoalEdit.Move -> {}
            is GoalEdit.Delete -> delete(s, e.item)
            is GoalEdit.Restore -> restore(s, e.item)
        }
    }

    private fun delete(s: FakeSpace, item: ItemId) {
        val goal = GoalId(item.text)
        when {
            s.actions.containsKey(item) -> s.actionBin[item] = s.actions.remove(item)!!
            s.goals.containsKey(goal) -> s.goalBin[goal] = s.goals.remove(goal)!!.copy(alive = false)
            else -> item(s, item, { it }, { null })
        }
    }

    private fun restore(s: FakeSpace, item: ItemId) {
        val goal = GoalId(item.text)
        when {
            s.actionBin.containsKey(item) -> s.actions[item] = s.actionBin.remove(item)!!
            s.goalBin.containsKey(goal) -> s.goals[goal] = s.goalBin.remove(goal)!!.copy(alive = true)
            else -> missing("item")
        }
    }

    override suspend fun setGoalStatus(space: SpaceId, goal: GoalId, status: GoalStatus, reason: String?) = world.writes(space) { s ->
        val said = DifferValue(status.name.lowercase(), null, me, now(), reason)
        s.goals[goal] = (s.goals[goal] ?: missing("goal")).copy(status = status, said = listOf(said))
    }

    override suspend fun actions(space: SpaceId) = world.asked {
        val s = at(space)
        val alike = s.open().groupBy { it.text.trim().lowercase() }.values.filter { it.size > 1 }.map { g -> g.map { it.id } }
        Actions(s.open(), s.actions.values.filter { it.done.isNotEmpty() }, s.actionBin.values.toList(), alike)
    }
}
