/** A screen from its first line to its last, as somebody scrolls through it. */
package ithaca.ui.walk

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import kotlin.test.assertTrue

/** Of the list's own height: what its edge cuts in one place is whole in the next. */
const val SHORT_STEP = 0.4f

/** Of the list's own height: nothing is passed over. */
const val LONG_STEP = 0.8f
private const val MOST_STEPS = 300

private val scrolls = SemanticsMatcher("scrolls") {
    it.config.getOrNull(SemanticsActions.ScrollBy) != null && it.config.getOrNull(SemanticsProperties.VerticalScrollAxisRange) != null
}

/** Calls [look] at the top and after each step, until nothing moves any more. */
@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.scrolledThrough(step: Float, look: () -> Unit) {
    waitForIdle()
    while (scrollBy(-LONG_STEP)) waitForIdle()
    look()
    var nSteps = 0
    while (scrollBy(step)) {
        assertTrue(nSteps++ < MOST_STEPS, "this screen has no end")
        look()
    }
}

/** Whether anything moved. */
@OptIn(ExperimentalTestApi::class)
private fun ComposeUiTest.scrollBy(step: Float): Boolean {
    fun list() = onAllNodes(scrolls).fetchSemanticsNodes(atLeastOneRootRequired = false).firstOrNull()
    val before = list() ?: return false
    val was = before.where()
    runOnUiThread { before.config[SemanticsActions.ScrollBy].action?.invoke(0f, step * before.size.height) }
    waitForIdle()
    return list()?.where() != was
}

/** What is seen of a list, and where. */
private fun SemanticsNode.where(): List<Pair<Int, Float>> = children.map { it.id to it.positionInRoot.y }

/** Whether the whole of it is seen. */
val SemanticsNode.isWhole: Boolean get() = boundsInRoot.let { it.height >= size.height - 0.5f && it.width >= size.width - 0.5f }
