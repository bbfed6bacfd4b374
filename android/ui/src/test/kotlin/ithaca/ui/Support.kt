/** What tests of models and screens share. */
package ithaca.ui

import androidx.compose.ui.geometry.Size
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasScrollToNodeAction
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollToNode
import androidx.compose.ui.test.performTextClearance
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.runSkikoComposeUiTest
import androidx.compose.ui.unit.Density
import ithaca.ui.words.Language
import ithaca.ui.words.Words

val EN = Words.of(Language.EN)

/** How long is waited for what comes at once where nothing is wrong: a slow disk is no failure, standing still is one. */
const val PATIENCE_MS = 120_000L

/** A phone's window; every wait is for something to be seen. */
@OptIn(ExperimentalTestApi::class)
fun onPhone(width: Float = 360f, height: Float = 760f, act: ComposeUiTest.() -> Unit) =
    runSkikoComposeUiTest(Size(width, height), Density(1f)) { act() }

@OptIn(ExperimentalTestApi::class)
class Hand(val ui: ComposeUiTest) {
    private val words = EN

    private fun there(what: SemanticsMatcher) = ui.onAllNodes(what).fetchSemanticsNodes(atLeastOneRootRequired = false).isNotEmpty()

    /** Scrolls to it where it has to, and waits until it is there. */
    fun find(what: SemanticsMatcher) {
        ui.waitUntil("to see: ${what.description}", PATIENCE_MS) {
            there(what) || ui.onAllNodes(hasScrollToNodeAction()).fetchSemanticsNodes(atLeastOneRootRequired = false).indices.any { i ->
                runCatching { ui.onAllNodes(hasScrollToNodeAction())[i].performScrollToNode(what) }.isSuccess
            }
        }
        if (there(what)) ui.onAllNodes(hasScrollToNodeAction()).fetchSemanticsNodes(atLeastOneRootRequired = false).indices.forEach { i ->
            runCatching { ui.onAllNodes(hasScrollToNodeAction())[i].performScrollToNode(what) }
        }
    }

    fun see(text: String) = find(hasText(text, substring = true) or hasContentDescription(text, substring = true))

    fun gone(text: String) = ui.waitUntil("no more: $text", PATIENCE_MS) { !there(hasText(text, substring = true)) }

    fun tap(key: String, vararg with: Pair<String, Any>) = tapWords(words(key, *with))

    fun tapWords(text: String) {
        val what = (hasText(text) or hasContentDescription(text)) and hasClickAction() and !hasSetTextAction()
        find(what)
        ui.onAllNodes(what).onFirst().performClick()
        ui.waitForIdle()
    }

    fun type(label: String, text: String) {
        val what = hasSetTextAction() and hasContentDescription(label)
        find(what)
        ui.onAllNodes(what).onFirst().performTextInput(text)
        ui.waitForIdle()
    }

    fun retype(label: String, text: String) {
        val what = hasSetTextAction() and hasContentDescription(label)
        find(what)
        ui.onAllNodes(what).onFirst().performTextClearance()
        type(label, text)
    }
}

@OptIn(ExperimentalTestApi::class)
val ComposeUiTest.hand: Hand get() = Hand(this)

/** The first text on the screen that is of this kind. */
@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.shownText(kind: (String) -> Boolean): String =
    onAllNodes(SemanticsMatcher("a text") { node -> node.config.getOrNull(SemanticsProperties.Text).orEmpty().any { kind(it.text) } })
        .fetchSemanticsNodes().flatMap { it.config[SemanticsProperties.Text] }.first { kind(it.text) }.text
