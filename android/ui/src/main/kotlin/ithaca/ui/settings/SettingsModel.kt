package ithaca.ui.settings

import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.ExportForm
import ithaca.bridge.PairLine
import ithaca.bridge.SpaceId
import ithaca.ui.parts.Model
import ithaca.ui.root.Platform
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language
import kotlinx.coroutines.CoroutineScope

/** What a person chooses for this device. */
class SettingsModel(
    private val client: Client,
    private val platform: Platform,
    scope: CoroutineScope,
    private val onLooks: (Looks) -> Unit,
    private val onLanguage: (Language) -> Unit,
) : Model<SettingsState>(scope, SettingsState()) {
    private val preferences = Preferences(client)

    init {
        reading(client, { it is Change.Engine || it is Change.Members }) {
            val pairs = client.pairs()
            val (looks, language, locks) = Triple(preferences.looks(), preferences.language() ?: platform.language, preferences.locks())
            val reminded = pairs.map { it.space }.filter { preferences.reminds(it) }.toSet()
            val (relay, names) = client.relay() to preferences.namesOnLockedScreen()
            val refused = platform.reminding?.allowed() == false
            show {
                it.copy(
                    loaded = true, relay = relay, looks = looks, language = language, lockOffered = platform.lock != null, locks = locks, pairs = pairs,
                    reminded = reminded, reminds = platform.reminding != null, remindingRefused = refused, namesOnLockedScreen = names,
                    offline = !client.state().online,
                )
            }
        }
    }

    fun relayTyped(address: String) = show { it.copy(relayTyped = address) }
    fun account(secret: String) = show { it.copy(account = secret) }

    fun keepRelay() = doing {
        val kept = client.setRelay(now.relayTyped?.trim() ?: return@doing, now.account.trim().ifEmpty { null })
        show { it.copy(relay = kept, relayTyped = null, account = "") }
    }

    fun looks(looks: Looks) = doing {
        preferences.keep(looks)
        show { it.copy(looks = looks) }
        onLooks(looks)
    }

    fun language(language: Language) = doing {
        preferences.keep(language)
        show { it.copy(language = language) }
        onLanguage(language)
    }

    /** Turning it on or off is asked of the device's owner too. */
    fun lock(on: Boolean) = doing {
        if (platform.lock?.unlock() != true) return@doing
        preferences.keepLock(on)
        show { it.copy(locks = on) }
    }

    fun remind(space: SpaceId, on: Boolean) = doing {
        preferences.keepReminds(space, on)
        show { it.copy(reminded = if (on) it.reminded + space else it.reminded - space) }
        if (on) platform.reminding?.let { of -> of.ask().let { allowed -> show { it.copy(remindingRefused = !allowed) } } }
    }

    fun namesOnLockedScreen(on: Boolean) = doing {
        preferences.keepNamesOnLockedScreen(on)
        show { it.copy(namesOnLockedScreen = on) }
    }

    fun export(pair: PairLine, form: ExportForm) = doing {
        val text = client.exportSpace(pair.space, form)
        val where = platform.keepFile("${pair.other.name}.${if (form == ExportForm.JSON) "json" else "md"}", text.encodeToByteArray())
        show { it.copy(exported = where) }
    }

    fun bringIn() = doing {
        val path = platform.chooseFile() ?: return@doing
        show { it.copy(imported = null) }
        val imported = client.importFile(path)
        val brought = if (imported.savedCopy) Brought.COPY else if (imported.sameCode) Brought.SAME else Brought.MORE
        show { it.copy(imported = brought) }
    }
}
