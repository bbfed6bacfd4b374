package ithaca.ui.flows

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasText
import ithaca.bridge.ActionDraft
import ithaca.bridge.Comer
import ithaca.bridge.ComerState
import ithaca.bridge.Client
import ithaca.bridge.Devices
import ithaca.bridge.fake.FakeClient
import ithaca.bridge.fake.FakeProfiles
import ithaca.ui.EN
import ithaca.ui.Hand
import ithaca.ui.PATIENCE_MS
import ithaca.ui.hand
import ithaca.ui.onPhone
import ithaca.ui.root.IthacaApp
import ithaca.ui.root.RootModel
import ithaca.ui.sample.FakeReminding
import ithaca.ui.sample.FakeScanner
import ithaca.ui.sample.NOW
import ithaca.ui.sample.TODAY
import ithaca.ui.sample.TestPlatform
import ithaca.ui.scan.Seen
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking

private const val INVITATION = "https://relay.example/i#v1.abc"
private const val DEVICE = "https://relay.example/d#v1.abc"

/** What a phone asks its owner for: the camera, and whether it may remind. */
@OptIn(ExperimentalTestApi::class)
class ScanTest {
    private val fake = FakeClient("Ana") { NOW }
    private val scanner = FakeScanner()

    private fun app(platform: TestPlatform = TestPlatform(scanner = scanner), client: Client = fake, act: Hand.() -> Unit) = onPhone {
        val root = RootModel(FakeProfiles(client), platform, CoroutineScope(Dispatchers.Unconfined))
        setContent { IthacaApp(root) }
        hand.act()
    }

    private fun Hand.scan(seen: Seen) {
        scanner.seen = seen
        tap("common.scan")
    }

    @Test
    fun `an invitation is answered by its picture`() = app {
        tap("pairs.new")
        tap("new_pair.answer")
        scan(Seen.Code(INVITATION))
        see(EN("new_pair.joined"))
        assertEquals(listOf(false), runBlocking { fake.invites().map { it.mine } })
    }

    @Test
    fun `what is no invitation, a camera that is refused and one that does not open are each a sentence`() = app {
        tap("pairs.new")
        tap("new_pair.answer")
        type(EN("new_pair.paste"), "anchor basket")
        val wrong = mapOf(Seen.Code("WIFI:S:ward;;") to "no_invitation", Seen.Code(DEVICE) to "no_invitation", Seen.Refused to "refused", Seen.NoCamera to "no_camera")
        for ((seen, key) in wrong) {
            scan(seen)
            see(EN("scan.$key"))
            find(hasText("anchor basket"))
        }
        scan(Seen.Nothing)
        gone(EN("scan.no_camera"))
        assertEquals(0, runBlocking { fake.invites() }.size)
    }

    @Test
    fun `a new device is added by its picture, and nothing else is one`() {
        val taken = ArrayList<String>()
        val adding = object : Client by fake {
            override suspend fun devices() = Devices(emptyList(), taken.map { Comer(it, "Tablet", "sail harbour olive stone", ComerState.ASKING) }, "a b c d")
            override suspend fun scanDevice(text: String, relay: String?) = Comer(text, "", "", ComerState.WAITING).also { taken += text }
        }
        app(client = adding) {
            tap("nav.settings")
            tap("settings.devices")
            scan(Seen.Code(INVITATION))
            see(EN("scan.no_device"))
            assertEquals(emptyList(), taken)
            scan(Seen.Code(DEVICE))
            see("sail harbour olive stone")
            gone(EN("scan.no_device"))
            assertEquals(listOf(DEVICE), taken)
        }
    }

    @Test
    fun `without a camera nothing asks for one`() = app(TestPlatform(scanner = null)) {
        tap("pairs.new")
        tap("new_pair.answer")
        see(EN("new_pair.join"))
        gone(EN("common.scan"))
    }

    @Test
    fun `the phone is asked to remind once, when something comes up, and a refusal is said where reminders are`() {
        val reminding = FakeReminding(isAllowed = false)
        val space = fake.addPair("Ben")
        app(TestPlatform(reminding = reminding)) {
            see("Ben")
            assertEquals(0, reminding.nAsked)
            runBlocking { fake.newAction(space, ActionDraft("Print the checklist", listOf(fake.me.person), TODAY.plusDays(1))) }
            ui.waitUntil("the phone is asked", PATIENCE_MS) { reminding.nAsked == 1 }
            tap("nav.settings")
            see(EN("settings.reminders_refused"))
        }
        app(TestPlatform(reminding = reminding)) { see("Ben") }
        assertEquals(1, reminding.nAsked)
    }

    @Test
    fun `turning reminders on asks again, and the sentence goes when that is allowed`() {
        val reminding = FakeReminding(isAllowed = false, allows = true)
        fake.addPair("Ben")
        app(TestPlatform(reminding = reminding)) {
            tap("nav.settings")
            see(EN("settings.reminders_refused"))
            repeat(2) { tap("settings.reminders", "name" to "Ben") }
            gone(EN("settings.reminders_refused"))
            assertEquals(1, reminding.nAsked)
            tap("settings.reminders_names")
            ui.waitUntil("it is kept", PATIENCE_MS) { runBlocking { fake.setting("reminders.names") } == "on" }
        }
    }
}
