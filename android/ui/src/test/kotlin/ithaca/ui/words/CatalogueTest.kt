package ithaca.ui.words

import ithaca.bridge.CardNoun
import ithaca.bridge.FoundNoun
import ithaca.bridge.GoalStatus
import ithaca.bridge.InputSort
import ithaca.bridge.IthacaFault
import ithaca.bridge.PairState
import ithaca.bridge.SessionState
import ithaca.bridge.Stage
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonPrimitive

/** The one catalogue: whole, in both languages, and enough for whatever the core names by a word. */
class CatalogueTest {
    private val english = Words.read("en.json")
    private val spanish = Words.read("es.json")
    private val repository = generateSequence(File("").absoluteFile) { it.parentFile }.first { File(it, "ffi/words/en.json").exists() }

    private fun places(text: String) = Regex("\\{(\\w+)\\}").findAll(text).map { it.groupValues[1] }.toSortedSet()

    @Test
    fun `both languages have the same keys with the same places to fill`() {
        assertEquals(english.keys, spanish.keys)
        for ((key, words) in english) assertEquals(places(words), places(spanish.getValue(key)), key)
    }

    @Test
    fun `nothing is left in English but names and signs`() {
        val same = Json.parseToJsonElement(File(repository, "ffi/words/same.json").readText()).jsonArray.map { it.jsonPrimitive.content }.toSet()
        assertEquals(same, english.keys.filter { english[it] == spanish[it] }.toSet())
    }

    @Test
    fun `keys are sorted, plurals are pairs, nothing is empty and nothing shouts`() {
        assertEquals(english.keys.sorted(), english.keys.toList())
        for (key in english.keys.filter { it.endsWith(".other") && "{n}" in english.getValue(it) }) assertTrue(key.removeSuffix("other") + "one" in english, key)
        for ((key, words) in english.entries + spanish.entries) assertTrue(words.isNotBlank() && '!' !in words && '¡' !in words, key)
    }

    @Test
    fun `there are words for every fault, input, stage, state, status and noun`() {
        val wanted = IthacaFault::class.java.permittedSubclasses.map { it.simpleName.replace(Regex("(?<=[a-z])(?=[A-Z])"), "_").lowercase() }
            .filter { it != "bad_input" }.map { "fault.$it" } +
            InputSort.entries.map { "input.${it.name.lowercase()}" } + Stage.entries.map { "stage.${it.name.lowercase()}" } +
            PairState.entries.map { "state.${it.name.lowercase()}" } + GoalStatus.entries.map { "status.${it.name.lowercase()}" } +
            SessionState.entries.map { "session_state.${it.name.lowercase()}" } + CardNoun.entries.map { "cards.${it.name.lowercase()}" } +
            FoundNoun.entries.map { "search.${it.name.lowercase()}" }
        assertEquals(emptyList(), wanted.filter { it !in english })
    }

    @Test
    fun `there are words for every prompt, technique, field and notice of the core`() {
        fun source(path: String) = File(repository, "core/src/$path").readText()
        val form = source("view/form.rs")
        val prompts = Regex("prompt\\(\\w+, \"(\\w+)\", (\\w+)").findAll(form).toList()
        assertTrue(prompts.size >= 19, "the prompts are no longer where this test reads them")
        val scales = prompts.filter { it.groupValues[2] == "Scale" }.flatMap { listOf("prompt.${it.groupValues[1]}.low", "prompt.${it.groupValues[1]}.high") }
        val techniques = Regex("TECHNIQUES: \\[&str; 5\\] = \\[([^]]*)]").find(form)!!.groupValues[1].split(',').map { "technique.${it.trim(' ', '"')}" }
        val fields = Regex("(?m)^ {4}\\w+ \"\\w*\" \"([\\w/*]+)\" (\\w+) ").findAll(source("document/schema.rs")).map { it.groupValues[1].split('/') }.toList()
        assertTrue(fields.size > 60, "the fields are no longer where this test reads them")
        val named = fields.map { parts -> if (parts[0] == "people") parts.last() else parts[0] }.filter { it !in setOf("alive", "deleted", "pair", "goal", "from") }.map { "field.$it" }
        val status = source("engine/status.rs").substringAfter("fn sentence(")
        val notices = Regex("(?m)^ {8}\"(\\w+)\" =>").findAll(status).map { "notice.${it.groupValues[1]}" }.toList()
        assertTrue(notices.size >= 15, "the notices are no longer where this test reads them")
        val wanted = prompts.map { "prompt.${it.groupValues[1]}" } + scales + techniques + named + notices
        assertEquals(emptyList(), wanted.distinct().filter { it !in english })
    }

    @Test
    fun `what the screens ask for is there`() {
        val sources = File(repository, "android/ui/src/main/kotlin").walk().filter { it.extension == "kt" }.joinToString("\n") { it.readText() }
        val literal = Regex("\"([a-z_]+\\.[a-z_.0-9]+)\"").findAll(sources).map { it.groupValues[1] }.toSet()
        val groups = english.keys.map { it.substringBefore('.') }.toSet()
        val missing = literal.filter { it.substringBefore('.') in groups && it !in english && "$it.one" !in english && "$it.low" !in english }
        assertEquals(emptyList(), missing.filter { key -> key.last() != '.' && english.keys.none { it.startsWith("$key.") } && !key.startsWith("session_state") })
    }

    @Test
    fun `every place is filled, and a missing one is told to whoever forgot it`() {
        val words = Words.of(Language.ES)
        assertEquals("para el lunes", words("pair_home.due", "day" to "lunes"))
        assertEquals("1 espera señal", words.n("pair_home.foot_here", 1))
        assertEquals("4 esperan señal", words.n("pair_home.foot_here", 4))
        assertTrue(runCatching { words("pair_home.due") }.exceptionOrNull()!!.message!!.contains("pair_home.due"))
        assertEquals("\u200f\u202eBack\u202c", Words.of(Language.PSEUDO)("common.back"))
    }
}
