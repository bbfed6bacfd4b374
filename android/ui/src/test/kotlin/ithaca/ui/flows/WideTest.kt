package ithaca.ui.flows

import androidx.compose.ui.input.key.Key
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isRoot
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performKeyInput
import androidx.compose.ui.test.pressKey
import ithaca.bridge.fake.FakeClient
import ithaca.bridge.fake.FakeProfiles
import ithaca.ui.EN
import ithaca.ui.hand
import ithaca.ui.onPhone
import ithaca.ui.root.IthacaApp
import ithaca.ui.root.RootModel
import ithaca.ui.sample.NOW
import ithaca.ui.sample.TestPlatform
import kotlin.test.Test
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers

/** On a desk: the list stays beside what was chosen from it, and the platform's way back goes through what is shown. */
@OptIn(ExperimentalTestApi::class)
class WideTest {
    private val fake = FakeClient("Ana") { NOW }.apply { addPair("Ben"); addPair("Dee") }

    @Test
    fun `the list stays, and the other is one tap away`() = onPhone(1000f, 700f) {
        val root = RootModel(FakeProfiles(fake), TestPlatform(), CoroutineScope(Dispatchers.Unconfined))
        setContent { IthacaApp(root) }
        hand.see(EN("nav.choose"))
        hand.tapWords("Dee")
        hand.see(EN("pair_home.no_promise"))
        onNodeWithText(EN("pairs.title")).assertIsDisplayed()
        onNodeWithText("Ben").assertIsDisplayed()
        hand.tapWords("Ben")
        hand.see(EN("pair_home.no_next"))
    }

    @Test
    fun `the keyboard alone is enough`() = onPhone(1000f, 700f) {
        val root = RootModel(FakeProfiles(fake), TestPlatform(), CoroutineScope(Dispatchers.Unconfined))
        setContent { IthacaApp(root) }
        hand.see(EN("nav.choose"))
        val ben = hasClickAction() and hasText("Ben")
        var steps = 0
        while (!onNode(ben).fetchSemanticsNode().config[SemanticsProperties.Focused] && steps++ < 12) {
            onAllNodes(isRoot()).onFirst().performKeyInput { pressKey(Key.Tab) }
            waitForIdle()
        }
        onNode(ben).performKeyInput { pressKey(Key.Enter) }
        hand.see(EN("pair_home.no_next"))
    }

    @Test
    fun `the way back ends at the first screen`() = onPhone {
        val root = RootModel(FakeProfiles(fake), TestPlatform(), CoroutineScope(Dispatchers.Unconfined))
        setContent { IthacaApp(root) }
        hand.tapWords("Ben")
        hand.tap("pair_home.notes")
        hand.see(EN("notes.empty"))
        assertTrue(root.back())
        hand.see(EN("pair_home.no_promise"))
        assertTrue(root.back())
        hand.see(EN("pairs.new"))
        assertFalse(root.back())
    }
}
