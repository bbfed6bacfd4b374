package ithaca.ui.first_run

import ithaca.bridge.Client
import ithaca.bridge.Profiles
import ithaca.ui.parts.Model
import ithaca.ui.words.Language
import kotlinx.coroutines.CoroutineScope

/** Somebody begins: a name, a language, what is private, recovery words now or later. Needs no network. */
class FirstRunModel(
    private val profiles: Profiles,
    scope: CoroutineScope,
    language: Language,
    private val onLanguage: (Language) -> Unit,
    private val onBegun: suspend (client: Client, wordsNow: Boolean) -> Unit,
) : Model<FirstRunState>(scope, FirstRunState(language = language)) {
    fun name(name: String) = show { it.copy(name = name, nameMissing = false, nameLong = name.trim().length > LONGEST_NAME) }

    fun language(language: Language) {
        show { it.copy(language = language) }
        onLanguage(language)
    }

    fun wordsNow(on: Boolean) = show { it.copy(wordsNow = on) }

    fun begin() {
        if (now.name.isBlank()) return show { it.copy(nameMissing = true) }
        if (now.busy || now.nameLong) return
        show { it.copy(busy = true) }
        doing { onBegun(profiles.begin(now.name.trim()), now.wordsNow) }.invokeOnCompletion { show { it.copy(busy = false) } }
    }
}
