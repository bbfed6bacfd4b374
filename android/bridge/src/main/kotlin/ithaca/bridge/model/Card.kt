/** You two differ: the values of one field, and the card that asks which of them is meant. */
package ithaca.bridge

import java.time.Instant

data class DifferValue(val words: String, val person: Who?, val by: Who?, val at: Instant, val reason: String?)

data class Differ(val field: String, val values: List<DifferValue>)

enum class CardNoun { NOTE, SESSION, GOAL, MILESTONE, ACTION, RELATIONSHIP, OTHER }

data class Card(
    val id: CardId,
    val space: SpaceId,
    val noun: CardNoun,
    val title: String,
    val field: String,
    val values: List<DifferValue>,
    val shown: Int?,
    val meanwhile: String?,
    val onlyMine: Boolean,
)
