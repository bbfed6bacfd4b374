/** Sentences for what the core names by a word: faults, notices, fields, stages. A word of a newer version gets a plain one. */
package ithaca.ui.words

import ithaca.bridge.Card
import ithaca.bridge.DifferValue
import ithaca.bridge.Form
import ithaca.bridge.IthacaFault
import ithaca.bridge.Notice
import java.time.LocalDate
import java.time.format.DateTimeParseException

/** The last part of a key in the catalogue. */
fun IthacaFault.key(): String = when (this) {
    is IthacaFault.Locked -> "locked"
    is IthacaFault.VaultFailed -> "vault_failed"
    is IthacaFault.VaultLost -> "vault_lost"
    is IthacaFault.InUse -> "in_use"
    is IthacaFault.NoProfile -> "no_profile"
    is IthacaFault.ProfileExists -> "profile_exists"
    is IthacaFault.NotAdded -> "not_added"
    is IthacaFault.StorageFull -> "storage_full"
    is IthacaFault.StorageCorrupt -> "storage_corrupt"
    is IthacaFault.NewerDatabase -> "newer_database"
    is IthacaFault.BadInput -> "input"
    is IthacaFault.NotFound -> "not_found"
    is IthacaFault.ReadOnly -> "read_only"
    is IthacaFault.Refused -> "refused"
    is IthacaFault.Stale -> "stale"
    is IthacaFault.Offline -> "offline"
    is IthacaFault.Stopped -> "stopped"
    is IthacaFault.Suspended -> "suspended"
    is IthacaFault.Closed -> "closed"
    is IthacaFault.Internal -> "internal"
}

/** What is wrong and what to do about it. */
fun Words.fault(of: IthacaFault): String =
    if (of is IthacaFault.BadInput) invoke("input.${of.sort.name.lowercase()}") else invoke("fault.${of.key()}")

fun Words.notice(of: Notice, name: String): String {
    val key = "notice.${of.kind}"
    return if (key in keys) invoke(key, "name" to name) else invoke("notice.other")
}

fun Words.field(key: String): String = orElse("field.${key.substringBefore('/')}", "field.other")

fun Words.kind(of: String?): String = if (of == null) invoke("kind.none") else orPlain("kind.$of", of)

fun Words.prompt(form: Form, name: String): String {
    val special = when {
        form == Form.AFTER && name == "promised" -> "prompt.after_promised"
        form == Form.HARVEST && name == "learned" -> "prompt.harvest_learned"
        else -> "prompt.$name"
    }
    return orElse(special, "prompt.other")
}

/** A value on a card, as people read it. */
fun Words.value(of: DifferValue, field: String, dates: Dates): String = when {
    of.person != null -> of.person!!.name
    of.words.isEmpty() -> invoke("cards.cleared")
    else -> value(of.words, field, dates)
}

fun Words.value(words: String, field: String, dates: Dates): String = when (field.substringBefore('/')) {
    "status" -> orPlain("status.$words", words)
    "state" -> orPlain("session_state.$words", words)
    "kind" -> orPlain("kind.$words", words)
    "model" -> orPlain("model.$words", words)
    "same", "same_meeting" -> invoke(if (words == "true") "common.yes" else "common.no")
    "date", "due", "target_date", "review_date" -> dayIn(words)?.let(dates::plain) ?: words
    else -> words
}

private fun dayIn(words: String): LocalDate? = try {
    LocalDate.parse(words)
} catch (_: DateTimeParseException) {
    null
}

fun Words.about(card: Card): String =
    invoke("cards.one", "noun" to invoke("cards.${card.noun.name.lowercase()}"), "title" to card.title, "field" to field(card.field))
