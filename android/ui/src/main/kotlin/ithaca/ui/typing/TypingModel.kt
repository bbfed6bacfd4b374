/** A text that two may write at once: the field shows every letter at once, the core hears of it one input after the other. */
package ithaca.ui.typing

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.text.TextRange as FieldRange
import androidx.compose.ui.text.input.TextFieldValue
import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.FreshWords
import ithaca.bridge.InputSort
import ithaca.bridge.IthacaFault
import ithaca.bridge.SpaceId
import ithaca.bridge.TextInput
import ithaca.bridge.TextPlace
import ithaca.bridge.TextRange
import ithaca.bridge.TextSessionId
import ithaca.bridge.TextSplice
import ithaca.bridge.TextState
import ithaca.ui.parts.Faults
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

class TypingModel(
    private val client: Client,
    private val space: SpaceId,
    private val place: TextPlace,
    private val scope: CoroutineScope,
) : Faults() {
    private val wake = Channel<Unit>(Channel.CONFLATED)
    private var session: TextSessionId? = null
    private var generation = 0uL
    private var steps = ArrayDeque<Step>()
    private var stale = false

    /** What the core and the field agreed on last. */
    private var agreed = ""

    var field by mutableStateOf(TextFieldValue())
        private set
    var opened by mutableStateOf(false)
        private set
    var fresh by mutableStateOf(emptyList<FreshWords>())
        private set
    var canUndo by mutableStateOf(false)
        private set
    var canRedo by mutableStateOf(false)
        private set
    var unsaved by mutableStateOf(false)
        private set

    /** It can only be read: the pair was left, or it is a saved copy. */
    var readOnly by mutableStateOf(false)
        private set

    private enum class Step { UNDO, REDO }

    init {
        scope.launch { run() }
        scope.launch {
            client.changes.collect { batch ->
                if (batch.any { it is Change.Everything || (it is Change.Content && it.space == space) }) {
                    stale = true
                    wake.trySend(Unit)
                }
            }
        }
    }

    /** The field's new value, after a key, a paste, a word of the keyboard. */
    fun changed(value: TextFieldValue) {
        if (!opened) return
        field = value
        if (value.text != agreed) wake.trySend(Unit)
    }

    /** Puts words at the end, as a tapped example does. */
    fun begin(words: String) = changed(TextFieldValue(field.text + words, FieldRange(field.text.length + words.length)))

    fun undo() = step(Step.UNDO)
    fun redo() = step(Step.REDO)

    /** After a fault: sends what the field shows and the core does not have. */
    fun again() {
        faultSeen()
        wake.trySend(Unit)
    }

    private fun step(step: Step) {
        steps += step
        wake.trySend(Unit)
    }

    private suspend fun run() {
        try {
            while (!opened) {
                if (guarded { open() }) break
                wake.receive()
            }
            for (signal in wake) guarded { lasting { catchUp() } }
        } finally {
            val last = session
            if (last != null) withContext(NonCancellable) { guarded { sendOwn(last); client.closeText(last) } }
        }
    }

    private suspend fun open() {
        try {
            val open = client.openText(space, place)
            session = open.session
            agreed = open.state.text.orEmpty()
            field = TextFieldValue(agreed, FieldRange(agreed.length))
            opened = true
            take(open.state)
        } catch (_: IthacaFault.ReadOnly) {
            readOnly = true
            opened = true
        }
    }

    /** Where the session is gone (the app rested), the text is opened anew around what was typed meanwhile. */
    private suspend fun lasting(deed: suspend () -> Unit) {
        try {
            deed()
        } catch (gone: IthacaFault.NotFound) {
            if (session == null) throw gone
            val open = client.openText(space, place)
            session = open.session
            val text = open.state.text.orEmpty()
            told(open.state.copy(splices = listOfNotNull(replaced(agreed, text, text.length))))
            deed()
        }
    }

    private suspend fun catchUp() {
        val session = session ?: return
        while (true) {
            if (sendOwn(session)) continue
            when (steps.removeFirstOrNull()) {
                Step.UNDO -> if (canUndo) told(client.undoText(session, generation), moveCaret = true)
                Step.REDO -> if (canRedo) told(client.redoText(session, generation), moveCaret = true)
                null -> {
                    if (!stale) return
                    stale = false
                    told(client.refreshText(session, generation))
                }
            }
        }
    }

    /** Whether there was something to send. */
    private suspend fun sendOwn(session: TextSessionId): Boolean {
        val value = field
        val own = replaced(agreed, value.text, value.selection.end) ?: return false
        val input = TextInput(
            generation, TextRange(own.start, own.end), own.text, TextRange(value.selection.min, value.selection.max),
            value.composition?.let { TextRange(it.min, it.max) },
        )
        val state = try {
            client.typeIn(session, input).also { agreed = own.applyTo(agreed) }
        } catch (fault: IthacaFault.BadInput) {
            if (fault.sort != InputSort.OFFSET) throw fault
            val wide = client.widenedInput(session, input)
            client.typeIn(session, wide).also {
                agreed = TextSplice(wide.replace.start, wide.replace.end, wide.text).applyTo(agreed)
                field = TextFieldValue(agreed, FieldRange(value.selection.end.coerceAtMost(agreed.length)))
            }
        }
        told(state)
        return true
    }

    /** Takes in what the core says: others' words go into the field around what was typed meanwhile. */
    private fun told(state: TextState, moveCaret: Boolean = false) {
        val own = replaced(agreed, field.text, field.selection.end)?.let { rebased(it, state.splices) }
        if (state.splices.isNotEmpty()) {
            agreed = state.splices.fold(agreed) { text, splice -> splice.applyTo(text) }
            val text = own?.applyTo(agreed) ?: agreed
            val caret = if (moveCaret && own == null) state.selection else moved(TextRange(field.selection.min, field.selection.max), state.splices)
            val composing = field.composition?.let { moved(TextRange(it.min, it.max), state.splices) }?.takeIf { it.end <= text.length }
            field = TextFieldValue(
                text, FieldRange(caret.start.coerceIn(0, text.length), caret.end.coerceIn(0, text.length)),
                composing?.let { FieldRange(it.start, it.end) },
            )
        }
        take(state)
    }

    private fun take(state: TextState) {
        generation = state.generation
        canUndo = state.canUndo
        canRedo = state.canRedo
        unsaved = state.unsaved
        fresh = state.fresh
        if (fresh.isNotEmpty()) later(TINT_MS)
        if (unsaved) later(SETTLE_MS)
    }

    /** Asks again: what was fresh is so no longer, what waits becomes a part of the text. */
    private fun later(ms: Long) = scope.launch {
        delay(ms)
        if (ms == TINT_MS) fresh = emptyList()
        stale = true
        wake.trySend(Unit)
    }

    private companion object {
        const val TINT_MS = 2_000L
        const val SETTLE_MS = 250L
    }
}
