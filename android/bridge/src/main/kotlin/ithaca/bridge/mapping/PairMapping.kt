/** The core's records of pairs as app types, and back. */
package ithaca.bridge

internal fun stage(of: Stage): ithaca.core.Stage = same(of)

internal fun compared(of: Compared): ithaca.core.Compared = same(of)

internal fun ithaca.core.PairView.toApp() = PairLine(
    SpaceId(space), other.toApp(), safetyNumber, comparedAtMs?.let(::ms), compared?.let { same<Compared>(it) }, mustCompare, same(state),
    same(stage), proposed.map { StageProposal(it.by.toApp(), same(it.stage)) }, receipts, relays,
)

internal fun ithaca.core.ClauseView.toApp() = Clause(ItemId(item), title, text.toApp())

internal fun ithaca.core.RelationshipView.toApp() = Relationship(
    pair.toApp(), document, kind, model, setting, cadence, roles.map { Role(it.topic, it.mentor.toApp()) },
    people.map { Person(it.who.toApp(), it.language, it.zone, it.reachable) }, clauses.map { it.toApp() }, plan.map { it.toApp() },
    differs.map { it.toApp() },
)

internal fun PairEdit.toCore(): ithaca.core.PairEdit = when (this) {
    is PairEdit.Kind -> ithaca.core.PairEdit.Kind(value)
    is PairEdit.Model -> ithaca.core.PairEdit.Model(value)
    is PairEdit.Setting -> ithaca.core.PairEdit.Setting(value)
    is PairEdit.Cadence -> ithaca.core.PairEdit.Cadence(value)
    is PairEdit.Role -> ithaca.core.PairEdit.Role(topic, mentor?.text)
    is PairEdit.MyName -> ithaca.core.PairEdit.MyName(value)
    is PairEdit.MyLanguage -> ithaca.core.PairEdit.MyLanguage(value)
    is PairEdit.MyZone -> ithaca.core.PairEdit.MyZone(value)
    is PairEdit.MyReachable -> ithaca.core.PairEdit.MyReachable(value)
    is PairEdit.AddClause -> ithaca.core.PairEdit.AddClause(title, text)
    is PairEdit.AddPlan -> ithaca.core.PairEdit.AddPlan(section, text)
}

internal fun ithaca.core.PairHome.toApp() = Home(
    pair.toApp(), kind, mentor, next?.toApp(), promised.map { it.toApp() }, goals.map { it.toApp() }, latest.map { it.toApp() },
    cards.map { it.toApp() }, foot.toApp(),
)
