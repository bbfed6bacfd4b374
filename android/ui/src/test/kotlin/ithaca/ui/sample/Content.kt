/** What is on a screen in a picture or a test: the states of `screens.json`. */
package ithaca.ui.sample

import ithaca.bridge.SpaceId
import java.time.Clock
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneOffset
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

enum class Content {
    EMPTY, FILLED, LONG, DIFFERING, OFFLINE, ERROR,
    ;

    val id: String get() = name.lowercase()
    val isLong: Boolean get() = this == LONG
}

val NOW: Instant = Instant.parse("2026-05-04T09:00:00Z")
val CLOCK: Clock = Clock.fixed(NOW, ZoneOffset.UTC)
val TODAY: LocalDate = LocalDate.parse("2026-05-04")

/** The list that both phones hold to. */
fun listed(): Map<String, List<String>> {
    val text = checkNotNull(Content::class.java.getResourceAsStream("/ithaca/words/screens.json")).use { it.readBytes().decodeToString() }
    return Json.parseToJsonElement(text).jsonObject.mapValues { (_, states) -> states.jsonArray.map { it.jsonPrimitive.content } }
}

/** Words of sample people in the language of a picture: what people write is not translated, but pictures in Spanish read better so. */
class Tongue(val spanish: Boolean) {
    fun of(en: String, es: String) = if (spanish) es else en

    val plan get() = of("Shift plan", "Plan de turnos")
    val planText get() = of("Visit the ward on Tuesday 08:00. Bring the checklist. Ask about the night shift.", "Visitar la sala el martes a las 08:00. Llevar la lista. Preguntar por el turno de noche.")
    val handover get() = of("Safe handover", "Relevo seguro")
    val print get() = of("Print the checklist", "Imprimir la lista de comprobación")
    val introduce get() = of("Introduce Ben to the night team", "Presentar a Ben al equipo de noche")
    val visit get() = of("First visit", "Primera visita")
    val ward get() = of("Ward 3", "Sala 3")
    val question get() = of("How was the ward today?", "¿Qué tal hoy en la sala?")
    val answer get() = of("Calm. I did the round alone for the first time.", "Tranquila. Hice la ronda por mi cuenta por primera vez.")

    val long: String
        get() = of(
            "A very long line that somebody typed on a small phone in the wind, with a word like Hypothyroidismmanagementhandbook in it, and then some more",
            "Una línea muy larga que alguien escribió en un teléfono pequeño con viento, con una palabra como Electroencefalografistaexperimentado, y algo más",
        )

    fun pick(content: Content, short: String) = if (content.isLong) long else short
}

val NOWHERE = SpaceId("")
