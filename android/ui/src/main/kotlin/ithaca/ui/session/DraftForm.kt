package ithaca.ui.session

import ithaca.bridge.Answer
import ithaca.bridge.Form
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.intOrNull
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** Answers that were begun, as one line of text. */
internal fun written(drafts: Map<Form, Map<String, Answer>>): String {
    if (drafts.values.all { it.isEmpty() }) return ""
    return JsonObject(drafts.map { (form, answers) -> form.name to JsonObject(answers.mapValues { (_, answer) -> written(answer) }) }.toMap()).toString()
}

private fun written(answer: Answer) = JsonObject(
    mapOf("words" to JsonPrimitive(answer.words), "scale" to JsonPrimitive(answer.scale), "chosen" to JsonArray(answer.chosen.map(::JsonPrimitive))),
)

/** The answers of [written]; none where an older or newer version wrote something else. */
internal fun answersOf(text: String): Map<Form, Map<String, Answer>> {
    if (text.isEmpty()) return emptyMap()
    return try {
        Json.parseToJsonElement(text).jsonObject.map { (form, answers) ->
            Form.valueOf(form) to answers.jsonObject.mapValues { (prompt, answer) -> answer(prompt, answer.jsonObject) }
        }.toMap()
    } catch (_: SerializationException) {
        emptyMap()
    } catch (_: IllegalArgumentException) {
        emptyMap()
    }
}

private fun answer(prompt: String, of: JsonObject) = Answer(
    prompt, of["words"]?.jsonPrimitive?.takeIf { it.isString }?.content, of["scale"]?.jsonPrimitive?.intOrNull,
    of["chosen"]?.jsonArray.orEmpty().map { it.jsonPrimitive.content },
)
