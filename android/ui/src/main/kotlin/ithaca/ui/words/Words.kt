/** Every word that a person reads, from the one catalogue that both phones share. */
package ithaca.ui.words

import androidx.compose.runtime.staticCompositionLocalOf
import java.util.Locale
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** A language there are words in; [PSEUDO] turns English around, to see every screen from right to left. */
enum class Language(val code: String, val locale: Locale, val rightToLeft: Boolean = false) {
    EN("en", Locale.ENGLISH),
    ES("es", Locale("es")),
    PSEUDO("x-rtl", Locale.ENGLISH, rightToLeft = true),
    ;

    companion object {
        /** Those a person can choose. */
        val offered = listOf(EN, ES)

        fun of(code: String?): Language = offered.firstOrNull { it.code == code?.substringBefore('-') } ?: EN
    }
}

class Words internal constructor(val language: Language, private val byKey: Map<String, String>) {
    val keys: Set<String> get() = byKey.keys

    operator fun invoke(key: String, vararg with: Pair<String, Any>): String {
        val raw = byKey[key] ?: error("there are no words for $key")
        val filled = PLACE.replace(raw) { hole -> with.firstOrNull { it.first == hole.groupValues[1] }?.second?.toString() ?: error("$key lacks ${hole.value}") }
        // The mark before it makes the whole line run from right to left, as letters of such a language would.
        return if (language == Language.PSEUDO) "\u200f\u202e$filled\u202c" else filled
    }

    /** For so many. */
    fun n(key: String, n: Long, vararg with: Pair<String, Any>) = invoke(if (n == 1L) "$key.one" else "$key.other", "n" to n, *with)

    fun n(key: String, n: Int, vararg with: Pair<String, Any>) = n(key, n.toLong(), *with)

    /** The words of a thing that a newer version may know more of. */
    fun orElse(key: String, other: String) = if (key in byKey) invoke(key) else invoke(other)

    fun orPlain(key: String, plain: String) = if (key in byKey) invoke(key) else plain

    companion object {
        private val PLACE = Regex("\\{(\\w+)\\}")

        fun of(language: Language): Words {
            val code = if (language == Language.PSEUDO) "en" else language.code
            return Words(language, read("$code.json"))
        }

        internal fun read(file: String): Map<String, String> {
            val stream = checkNotNull(Words::class.java.getResourceAsStream("/ithaca/words/$file")) { "the catalogue $file is missing" }
            val text = stream.use { it.readBytes().decodeToString() }
            return Json.parseToJsonElement(text).jsonObject.mapValues { it.value.jsonPrimitive.content }
        }
    }
}

val LocalWords = staticCompositionLocalOf { Words.of(Language.EN) }
