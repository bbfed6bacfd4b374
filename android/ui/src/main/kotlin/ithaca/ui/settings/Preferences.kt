package ithaca.ui.settings

import ithaca.bridge.Client
import ithaca.bridge.SpaceId
import ithaca.ui.theme.Brightness
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language

/** What a person chose for this device, kept beside everything else of theirs. */
class Preferences(private val client: Client) {
    suspend fun looks(): Looks {
        val brightness = Brightness.entries.firstOrNull { it.name.lowercase() == setting("theme") } ?: Brightness.SYSTEM
        val percent = setting("text_size")?.toIntOrNull()?.coerceIn(TEXT_SIZES.first(), TEXT_SIZES.last()) ?: 100
        return Looks(brightness, percent)
    }

    suspend fun language(): Language? = setting("language")?.let(Language::of)
    suspend fun locks(): Boolean = setting("lock") == "on"
    suspend fun reminds(space: SpaceId): Boolean = setting("reminders.${space.text}") != "off"

    /** Whether names and words of a reminder stand on a locked screen. */
    suspend fun namesOnLockedScreen(): Boolean = setting("reminders.names") == "on"

    suspend fun keep(looks: Looks) {
        client.keepSetting("theme", looks.brightness.name.lowercase())
        client.keepSetting("text_size", looks.textPercent.toString())
    }

    suspend fun keep(language: Language) = client.keepSetting("language", language.code)
    suspend fun keepLock(on: Boolean) = client.keepSetting("lock", if (on) "on" else "off")
    suspend fun keepReminds(space: SpaceId, on: Boolean) = client.keepSetting("reminders.${space.text}", if (on) "on" else "off")

    suspend fun keepNamesOnLockedScreen(on: Boolean) = client.keepSetting("reminders.names", if (on) "on" else "off")

    private suspend fun setting(name: String): String? = client.setting(name)
}
