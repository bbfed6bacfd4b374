package ithaca.ui.session

import ithaca.bridge.Answer
import ithaca.bridge.Form
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.intOrNull
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/**
 * Answers and minutes that were begun, and which of them are for oneself: who meant to keep something must not find it shared after a restart.
 * The same on Apple's side.
 */
internal data class Begun(
    val answers: Map<Form, Map<String, Answer>> = emptyMap(),
    val alone: Set<Form> = emptySet(),
    val minutes: String? = null,
    val minutesAlone: Boolean = false,
)

/** As one line of text; none where nothing was begun. */
internal fun written(begun: Begun): String {
    if (begun.minutes == null && begun.answers.values.all { it.isEmpty() }) return ""
    val forms = begun.answers.map { (form, answers) -> form.name to JsonObject(answers.mapValues { (_, answer) -> written(answer) }) }
    val minutes = begun.minutes?.let { MINUTES to JsonObject(mapOf("words" to JsonPrimitive(it), ALONE to JsonPrimitive(begun.minutesAlone))) }
    return JsonObject(forms.toMap() + (ALONE to JsonArray(begun.alone.map { JsonPrimitive(it.name) })) + listOfNotNull(minutes)).toString()
}

private const val ALONE = "alone"
private const val MINUTES = "minutes"

private fun written(answer: Answer) = JsonObject(
    mapOf("words" to JsonPrimitive(answer.words), "scale" to JsonPrimitive(answer.scale), "chosen" to JsonArray(answer.chosen.map(::JsonPrimitive))),
)

/** The answers of [written]; none where an older or newer version wrote something else. */
internal fun begunOf(text: String): Begun {
    if (text.isEmpty()) return Begun()
    return try {
        val all = Json.parseToJsonElement(text).jsonObject
        val answers = (all - ALONE - MINUTES).map { (form, answers) ->
            Form.valueOf(form) to answers.jsonObject.mapValues { (prompt, answer) -> answer(prompt, answer.jsonObject) }
        }
        val minutes = all[MINUTES]?.jsonObject
        Begun(
            answers.toMap(), all[ALONE]?.jsonArray.orEmpty().map { Form.valueOf(it.jsonPrimitive.content) }.toSet(),
            minutes?.get("words")?.jsonPrimitive?.content, minutes?.get(ALONE)?.jsonPrimitive?.booleanOrNull ?: false,
        )
    } catch (_: IllegalArgumentException) {
        // No such form, or no JSON at all.
        Begun()
    }
}

private fun answer(prompt: String, of: JsonObject) = Answer(
    prompt, of["words"]?.jsonPrimitive?.takeIf { it.isString }?.content, of["scale"]?.jsonPrimitive?.intOrNull,
    of["chosen"]?.jsonArray.orEmpty().map { it.jsonPrimitive.content },
)
