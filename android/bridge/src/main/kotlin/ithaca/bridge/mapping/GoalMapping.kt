/** The core's records of goals, milestones and actions as app types, and back. */
package ithaca.bridge

internal fun status(of: GoalStatus): ithaca.core.GoalStatus = same(of)

internal fun ithaca.core.TickView.toApp() = Tick(by.toApp(), day(date))

internal fun ithaca.core.MilestoneView.toApp() =
    Milestone(ItemId(item), text, done.map { it.toApp() }, kept, differs.map { it.toApp() })

internal fun ithaca.core.GoalView.toApp() = Goal(
    GoalId(goal), document, title.toApp(), why.toApp(), success.toApp(), risk.toApp(), support.toApp(), stretch, day(targetDate),
    day(reviewDate), same(status), said.map { it.toApp() }, milestones.map { it.toApp() }, bin.map { it.toApp() }, done.toInt(), of.toInt(),
    alive, kept, differs.map { it.toApp() },
)

internal fun ithaca.core.ActionView.toApp() = Action(
    ItemId(action), text, owners.map { it.toApp() }, day(due), from, done.map { it.toApp() }, kept, differs.map { it.toApp() },
)

internal fun ithaca.core.Actions.toApp() =
    Actions(open.map { it.toApp() }, done.map { it.toApp() }, bin.map { it.toApp() }, sameThing.map { g -> g.map(::ItemId) })

internal fun GoalDraft.toCore() = ithaca.core.GoalDraft(title, why, success, stretch, risk, support, target?.toString())

internal fun ActionDraft.toCore() = ithaca.core.ActionDraft(text, owners.map { it.text }, due?.toString(), from)

internal fun GoalEdit.toCore(): ithaca.core.GoalEdit = when (this) {
    is GoalEdit.Target -> ithaca.core.GoalEdit.TargetDate(goal.text, date?.toString())
    is GoalEdit.Review -> ithaca.core.GoalEdit.ReviewDate(goal.text, date?.toString())
    is GoalEdit.Stretch -> ithaca.core.GoalEdit.Stretch(goal.text, on)
    is GoalEdit.Words -> ithaca.core.GoalEdit.Words(item.text, text)
    is GoalEdit.Ticked -> ithaca.core.GoalEdit.Tick(item.text, date?.toString())
    is GoalEdit.Due -> ithaca.core.GoalEdit.Due(action.text, date?.toString())
    is GoalEdit.Owner -> ithaca.core.GoalEdit.Owner(action.text, person.text, on)
    is GoalEdit.SameThing -> ithaca.core.GoalEdit.SameThing(action.text, other.text, same)
    is GoalEdit.Move -> ithaca.core.GoalEdit.Move(item.text, after?.text)
    is GoalEdit.Delete -> ithaca.core.GoalEdit.Delete(item.text)
    is GoalEdit.Restore -> ithaca.core.GoalEdit.Restore(item.text)
}
