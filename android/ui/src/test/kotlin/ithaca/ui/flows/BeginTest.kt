package ithaca.ui.flows

import androidx.compose.ui.test.ExperimentalTestApi
import ithaca.bridge.IthacaFault
import ithaca.bridge.fake.FakeClient
import ithaca.bridge.fake.FakeProfiles
import ithaca.ui.Hand
import ithaca.ui.EN
import ithaca.ui.hand
import ithaca.ui.onPhone
import ithaca.ui.root.AppLock
import ithaca.ui.root.IthacaApp
import ithaca.ui.root.RootModel
import ithaca.ui.sample.TestPlatform
import ithaca.ui.words.Language
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking

/** From nothing to the first screen, and past every trouble in between. No network in any of it. */
@OptIn(ExperimentalTestApi::class)
class BeginTest {
    private fun app(profiles: FakeProfiles, platform: TestPlatform = TestPlatform(), act: Hand.(RootModel) -> Unit) = onPhone {
        val root = RootModel(profiles, platform, CoroutineScope(Dispatchers.Unconfined))
        setContent { IthacaApp(root) }
        hand.act(root)
    }

    @Test
    fun `a name is enough to begin, and a missing one is said`() = app(FakeProfiles()) {
        tap("first_run.begin")
        see(EN("first_run.name_missing"))
        type(EN("first_run.name"), "Ana")
        tap("first_run.begin")
        see(EN("pairs.empty"))
    }

    @Test
    fun `the language changes at once and stays`() = app(FakeProfiles()) { root ->
        tapWords("Español")
        see("Tu nombre, como lo ven los demás")
        type("Tu nombre, como lo ven los demás", "Ana")
        tapWords("Empezar")
        see("Aún no hay nadie")
        assertEquals("es", runBlocking { root.client!!.setting("language") })
    }

    @Test
    fun `recovery words now are shown once, then checked`() = app(FakeProfiles()) {
        type(EN("first_run.name"), "Ana")
        tap("first_run.words_now")
        tap("first_run.begin")
        tap("recovery_words.make")
        see(EN("recovery_words.once"))
        tap("recovery_words.written")
        gone(EN("recovery_words.once"))
    }

    @Test
    fun `coming back with words, after wrong ones and without signal`() {
        val profiles = FakeProfiles()
        app(profiles) {
            tap("first_run.restore")
            type(EN("restore.words"), "anchor basket")
            type(EN("restore.relay"), "https://relay.example")
            tap("restore.look")
            see(EN("input.words"))
            retype(EN("restore.words"), "anchor basket candle dolphin ember feather garden hammer island jacket kettle ladder")
            profiles.fail = IthacaFault.Offline()
            tap("restore.look")
            see(EN("restore.offline"))
            tap("restore.look")
            tap("restore.finish")
            see(EN("pairs.empty"))
        }
    }

    @Test
    fun `a second device shows its code and asks who adds it`() {
        val profiles = FakeProfiles()
        app(profiles) {
            tap("first_run.other_device")
            type(EN("new_device.label"), "Tablet")
            type(EN("new_device.relay"), "https://relay.example")
            tap("new_device.begin")
            see("sail harbour olive stone")
            profiles.answered.complete(Unit)
            see(EN("new_device.offered", "name" to "Ana"))
            tap("new_device.agree")
            see(EN("pairs.empty"))
        }
    }

    @Test
    fun `each trouble has a way out that works`() {
        for (fault in listOf(IthacaFault.StorageFull(), IthacaFault.Locked(), IthacaFault.NewerDatabase(), IthacaFault.InUse())) {
            val profiles = FakeProfiles(FakeClient("Ana")).apply { fail = fault }
            app(profiles) {
                tap("trouble.open_again")
                see(EN("pairs.empty"))
            }
        }
        for (fault in listOf(IthacaFault.VaultLost(), IthacaFault.StorageCorrupt("a page"))) {
            val profiles = FakeProfiles(FakeClient("Ana")).apply { fail = fault }
            app(profiles) {
                tap("trouble.restore")
                see(EN("restore.about"))
                assertEquals(1, profiles.nAside)
            }
        }
    }

    @Test
    fun `the device's own lock is asked where that was chosen`() {
        var allowed = false
        val client = FakeClient("Ana").also { runBlocking { it.keepSetting("lock", "on") } }
        app(FakeProfiles(client), TestPlatform(Language.EN, AppLock { allowed })) {
            see(EN("settings.locked"))
            allowed = true
            tap("settings.unlock")
            see(EN("pairs.empty"))
        }
    }
}
