/** A text that two may write at once: the field shows every letter at once, the core hears of it one input after the other. */
package ithaca.ui.typing

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.text.TextRange as FieldRange
import androidx.compose.ui.text.input.TextFieldValue
import ithaca.bridge.Change
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
import ithaca.bridge.Typing
import ithaca.ui.parts.Faults
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

class TypingModel(
    private val typing: Typing,
    changes: Flow<List<Change>>,
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

    private enum class Step { UNDO, REDO }

    init {
        scope.launch { run() }
        scope.launch {
            changes.collect { batch ->
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
            if (!guarded { open() }) return
            for (signal in wake) guarded { catchUp() }
        } finally {
            val last = session
            if (last != null) withContext(NonCancellable) { guarded { sendOwn(last); typing.closeText(last) } }
        }
    }

    private suspend fun open() {
        val open = typing.openText(space, place)
        session = open.session
        agreed = open.state.text.orEmpty()
        field = TextFieldValue(agreed, FieldRange(agreed.length))
        opened = true
        take(open.state)
    }

    private suspend fun catchUp() {
        val session = session ?: return
        while (true) {
            if (sendOwn(session)) continue
            when (steps.removeFirstOrNull()) {
                Step.UNDO -> if (canUndo) told(typing.undoText(session, generation), moveCaret = true)
                Step.REDO -> if (canRedo) told(typing.redoText(session, generation), moveCaret = true)
                null -> {
                    if (!stale) return
                    stale = false
                    told(typing.refreshText(session, generation))
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
            typing.typeIn(session, input).also { agreed = own.applyTo(agreed) }
        } catch (fault: IthacaFault.BadInput) {
            if (fault.sort != InputSort.OFFSET) throw fault
            val wide = typing.widenedInput(session, input)
            typing.typeIn(session, wide).also {
                agreed = TextSplice(wide.replace.start, wide.replace.end, wide.text).applyTo(agreed)
                field = TextFieldValue(agreed, FieldRange(moved(value.selection.end, emptyList()).coerceAtMost(agreed.length)))
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
        val newer = state.fresh.filter { it !in seen }
        if (newer.isEmpty()) return
        seen += newer
        fresh = fresh + newer
        scope.launch {
            delay(TINT_MS)
            fresh = fresh - newer.toSet()
        }
    }

    private val seen = HashSet<FreshWords>()

    private companion object {
        const val TINT_MS = 2_000L
    }
}
