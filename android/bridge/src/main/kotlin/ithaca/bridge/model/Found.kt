/** What was found, who changed what, how often something was used, what goes out and in. */
package ithaca.bridge

import java.time.Instant

enum class FoundNoun { NOTE, GOAL, ACTION, SESSION, RELATIONSHIP, MESSAGE }

data class Found(val space: SpaceId, val noun: FoundNoun, val id: String, val excerpt: String)

enum class HistoryDeed { ADDED, REMOVED, REPLACED, MOVED, DELETED, RESTORED }

data class HistoryLine(
    val at: Instant,
    val by: Who?,
    val item: ItemId?,
    val noun: String,
    val field: String,
    val label: String,
    val deed: HistoryDeed,
    val from: String,
    val to: String,
    val person: Who?,
    val afterEnd: Boolean,
)

data class Used(val word: String, val n: Int)

data class Insights(val nSessions: Int, val techniques: List<Used>, val functions: List<Used>)

enum class ExportForm { JSON, MARKDOWN }

data class Imported(val space: SpaceId, val savedCopy: Boolean, val healed: Int, val others: Int, val sameCode: Boolean)
