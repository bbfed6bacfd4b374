package ithaca.ui.real

import androidx.compose.ui.test.ExperimentalTestApi
import ithaca.bridge.ComerState
import ithaca.bridge.CoreProfiles
import ithaca.bridge.Pair2
import ithaca.bridge.Phone
import ithaca.bridge.ProfileState
import ithaca.bridge.TestRelay
import ithaca.bridge.TestVault
import ithaca.bridge.VaultFault
import ithaca.bridge.bothSync
import ithaca.bridge.pair
import ithaca.bridge.timed
import ithaca.ui.EN
import ithaca.ui.Hand
import ithaca.ui.PATIENCE_MS
import ithaca.ui.hand
import ithaca.ui.onPhone
import ithaca.ui.root.IthacaApp
import ithaca.ui.root.RootModel
import ithaca.ui.sample.TestPlatform
import ithaca.ui.shownText
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking

/** The ways into the app, over the library: on an empty device, and beside one that is somebody's already. */
@OptIn(ExperimentalTestApi::class)
class RealDoorTest {
    private val folder = File(Phone.newFolder())
    private val vault = TestVault()
    private val profiles = CoreProfiles(folder, vault, null)

    private fun app(act: Hand.() -> Unit) = onPhone {
        val root = RootModel(profiles, TestPlatform(), CoroutineScope(Dispatchers.Unconfined))
        setContent { IthacaApp(root) }
        try {
            hand.act()
        } finally {
            runBlocking { root.client?.shutDown() }
        }
    }

    /** The screen asks every three seconds of its own clock, which otherwise goes on by a frame a look. */
    private fun Hand.letAsk() = ui.mainClock.advanceTimeBy(3_000)

    private fun withTwo(act: (Pair2, TestRelay) -> Unit) = TestRelay().use { relay ->
        val two = runBlocking { pair(relay) }
        two.ana.use { two.ben.use { act(two, relay) } }
    }

    @Test
    fun `first run`() {
        app {
            type(EN("first_run.name"), "Ana")
            tap("first_run.begin")
            see(EN("pairs.empty"))
        }
        assertEquals(ProfileState.READY, profiles.there())
    }

    @Test
    fun trouble() {
        timed { profiles.begin("Ana").shutDown() }
        vault.fault = VaultFault.Locked()
        app {
            see(EN("trouble.locked"))
            vault.fault = null
            tap("trouble.open_again")
            see(EN("pairs.empty"))
        }
        vault.fault = VaultFault.Lost()
        app {
            see(EN("trouble.vault_lost"))
            tap("trouble.restore")
            see(EN("restore.about"))
        }
        assertEquals(ProfileState.NONE, profiles.there())
        assertEquals(ProfileState.READY, CoreProfiles(File("$folder.aside-1"), TestVault(), null).there())
    }

    @Test
    fun restore() = withTwo { two, relay ->
        val words = runBlocking { two.ana.client.newWords().words.also { bothSync(two.ana, two.ben) } }
        runBlocking { two.ana.client.shutDown() }
        app {
            tap("first_run.restore")
            type(EN("restore.words"), words)
            type(EN("restore.relay"), relay.origin)
            tap("restore.look")
            tap("restore.finish")
            see("Ben")
        }
    }

    @Test
    fun `new device`() = withTwo { two, relay ->
        val ana = two.ana.client
        app {
            tap("first_run.other_device")
            type(EN("new_device.label"), "Tablet")
            type(EN("new_device.relay"), relay.origin)
            tap("new_device.begin")
            see(EN("new_device.waiting"))
            val code = ui.shownText { it.startsWith("http") || it.split(' ').size == 12 }
            runBlocking { ana.scanDevice(code, relay.origin) }
            ui.waitUntil("the tablet to ask", PATIENCE_MS) {
                letAsk()
                runBlocking {
                    ana.sync()
                    ana.devices().comers.single().state == ComerState.ASKING
                }
            }
            runBlocking {
                ana.approveDevice(ana.devices().comers.single().id)
                ana.sync()
            }
            tap("new_device.agree")
            ui.waitUntil("the tablet to be Ana's", PATIENCE_MS) {
                letAsk()
                runBlocking { ana.sync() }
                profiles.there() == ProfileState.READY
            }
            see("Ben")
        }
    }
}
