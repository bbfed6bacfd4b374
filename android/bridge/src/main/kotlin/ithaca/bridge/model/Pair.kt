/** A pair: what both decide about it, and its home. */
package ithaca.bridge

import java.time.Instant

enum class PairState { RUNNING, PAUSED, ENDED, LEFT, OTHER_LEFT, BLOCKED, SAVED_COPY }

enum class Stage { INITIATION, CULTIVATION, SEPARATION, REDEFINITION }

enum class Compared { IN_PERSON, SPOKEN }

data class StageProposal(val by: Who, val stage: Stage)

data class PairLine(
    val space: SpaceId,
    val other: Who,
    val safetyNumber: String?,
    val comparedAt: Instant?,
    val compared: Compared?,
    val mustCompare: Boolean,
    val state: PairState,
    val stage: Stage,
    val proposed: List<StageProposal>,
    /** Whether the other is told how far this person read. */
    val receipts: Boolean,
    val relays: List<String>,
)

data class Role(val topic: String, val mentor: Who)

data class Person(val who: Who, val language: String?, val zone: String?, val reachable: String?)

data class Clause(val id: ItemId, val title: String, val text: Text)

data class Relationship(
    val pair: PairLine,
    val document: String,
    val kind: String?,
    val model: String?,
    val setting: String?,
    val cadence: String?,
    val roles: List<Role>,
    val people: List<Person>,
    val clauses: List<Clause>,
    val plan: List<Clause>,
    val differs: List<Differ>,
)

sealed interface PairEdit {
    data class Kind(val value: String?) : PairEdit
    data class Model(val value: String?) : PairEdit
    data class Setting(val value: String?) : PairEdit
    data class Cadence(val value: String?) : PairEdit
    data class Role(val topic: String, val mentor: PersonId?) : PairEdit
    data class MyName(val value: String?) : PairEdit
    data class MyLanguage(val value: String?) : PairEdit
    data class MyZone(val value: String?) : PairEdit
    data class MyReachable(val value: String?) : PairEdit
    data class AddClause(val title: String, val text: String) : PairEdit
    data class AddPlan(val section: String, val text: String) : PairEdit
}

data class Home(
    val pair: PairLine,
    val kind: String?,
    val mentor: Boolean,
    val next: SessionLine?,
    val promised: List<Action>,
    val goals: List<Goal>,
    val latest: List<Message>,
    val cards: List<Card>,
    val foot: Foot,
)
