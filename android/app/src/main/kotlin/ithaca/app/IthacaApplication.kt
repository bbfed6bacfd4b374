/** The app's process: one profile, opened once, for the screens and for what the system wakes. */
package ithaca.app

import android.app.Application
import ithaca.bridge.Client
import ithaca.bridge.CoreProfiles
import ithaca.bridge.IthacaFault
import ithaca.bridge.PersonId
import ithaca.bridge.ProfileState
import ithaca.bridge.Profiles
import ithaca.bridge.ReminderNoun
import ithaca.bridge.Returning
import ithaca.bridge.Upcoming
import ithaca.platform.AndroidKeys
import ithaca.platform.Host
import ithaca.platform.KeystoreVault
import ithaca.platform.NetworkWatch
import ithaca.platform.Reminders
import ithaca.platform.SyncJob
import ithaca.platform.Told
import ithaca.platform.profileFolder
import ithaca.platform.quietly
import ithaca.ui.words.Language
import ithaca.ui.words.Words
import java.io.File
import java.time.Clock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

class IthacaApplication : Application(), Host {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val opening = Mutex()
    private var open: Client? = null

    val language: Language get() = Language.of(resources.configuration.locales[0].language)

    private val network by lazy { NetworkWatch(this) { scope.launch { quietly { open?.connectivityChanged() } } } }
    private val folder by lazy { CoreProfiles(File(profileFolder(this)), KeystoreVault(AndroidKeys("ithaca")), network) }

    /** What is in the folder, where whoever opens it first opens it for the screens and the system's services alike. */
    val profiles: Profiles by lazy { Shared(folder) }

    override fun onCreate() {
        super.onCreate()
        SyncJob.schedule(this)
    }

    /** Nobody looks at the screens any more: the system's own times are enough, and the next reminder is set. */
    fun leaving(clock: Clock) {
        scope.launch {
            quietly {
                open?.watchRelays(false)
                open?.let { Reminders.plan(this@IthacaApplication, it, clock) }
            }
        }
    }

    override suspend fun client(): Client? = try {
        if (profiles.there() == ProfileState.READY) profiles.open() else null
    } catch (_: IthacaFault) {
        null
    }

    override fun words(of: Upcoming): Told {
        val words = Words.of(language)
        val key = if (of.noun == ReminderNoun.SESSION) "reminder.session" else "reminder.promise"
        return Told(words("reminder.title"), words(key, "name" to of.with, "words" to of.words))
    }

    override fun covered() = Words.of(language).let { Told(it("reminder.title"), it("reminder.covered")) }
    override fun channel() = Words.of(language)("reminder.channel")

    /** A folder is opened once: a second opening would find it in use. */
    private inner class Shared(private val of: Profiles) : Profiles by of {
        override suspend fun open(): Client = opening.withLock { open ?: of.open().also { open = it } }
        override suspend fun begin(name: String): Client = opening.withLock { of.begin(name).also { open = it } }
        override suspend fun comeBack(words: String, relay: String, rescue: ByteArray?): Returning = Back(of.comeBack(words, relay, rescue))
    }

    private inner class Back(private val of: Returning) : Returning by of {
        override suspend fun finish(person: PersonId): Client = opening.withLock { of.finish(person).also { open = it } }
    }
}
