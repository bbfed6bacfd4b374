/** What can be tapped or typed into, as a reader of the screen hears it. */
package ithaca.ui.walk

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher

private const val TOUCH = 47.5f

@JvmInline
value class Control(val node: SemanticsNode) {
    private val texts get() = node.config.getOrNull(SemanticsProperties.Text).orEmpty().map { it.text }
    private val isField get() = node.config.getOrNull(SemanticsActions.SetText) != null
    private val names get() = node.config.getOrNull(SemanticsProperties.ContentDescription).orEmpty() + if (isField) emptyList() else texts

    val name: String get() = names.joinToString().trim()

    /** What is wrong with it, where all of it is seen. */
    fun wrong(): List<String> {
        val bounds = node.touchBoundsInRoot
        return buildList {
            if (name.isEmpty()) add("no name: id ${node.id} at ${node.boundsInRoot}")
            if (bounds.width < TOUCH || bounds.height < TOUCH) add("small (${bounds.width} by ${bounds.height}): $name")
        }
    }
}

private val answers = SemanticsMatcher("answers") {
    it.config.getOrNull(SemanticsActions.OnClick) != null || it.config.getOrNull(SemanticsActions.SetText) != null
}

@OptIn(ExperimentalTestApi::class)
fun ComposeUiTest.controls(): List<Control> = onAllNodes(answers).fetchSemanticsNodes(atLeastOneRootRequired = false).map(::Control)
