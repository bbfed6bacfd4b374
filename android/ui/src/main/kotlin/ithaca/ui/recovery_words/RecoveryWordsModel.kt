package ithaca.ui.recovery_words

import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.ui.parts.Model
import kotlinx.coroutines.CoroutineScope

/** Twelve words that bring somebody back: making, showing once, trying, agreeing to. */
class RecoveryWordsModel(private val client: Client, scope: CoroutineScope) : Model<RecoveryWordsState>(scope, RecoveryWordsState()) {
    init {
        reading(client, { it is Change.Engine }) { read() }
    }

    private suspend fun read() {
        val status = client.wordsStatus()
        show { it.copy(status = status, offline = !client.state().online) }
    }

    fun typed(words: String) = show { it.copy(typed = words, checked = null) }
    fun old(words: String) = show { it.copy(old = words) }
    fun renew() = show { it.copy(renewing = true) }

    fun make() = doing {
        val made = client.newWords(now.old.trim().ifEmpty { null })
        show { it.copy(shown = made, renewing = false, old = "") }
        read()
    }

    fun written() = show { it.copy(shown = null) }

    fun check() = doing {
        val checked = client.checkWords(now.typed.trim())
        show { it.copy(checked = checked) }
    }

    fun agree() = doing {
        client.agreeToWords()
        read()
    }
}
