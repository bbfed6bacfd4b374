/** Syncing in the background: when the system finds it a good time and there is a network. The only thing that wakes the phone besides reminders. */
package ithaca.platform

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import ithaca.bridge.IthacaFault
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

class SyncJob : JobService() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private var running: Job? = null

    override fun onStartJob(params: JobParameters?): Boolean {
        val host = Host.of(this) ?: return false
        running = scope.launch {
            val again = syncOnce(host)
            jobFinished(params, again)
        }
        return true
    }

    /** The system takes the time back: nothing is lost, it goes on another time. */
    override fun onStopJob(params: JobParameters?): Boolean {
        running?.cancel()
        val host = Host.of(this) ?: return false
        scope.launch { quietly { host.client()?.stopWaiting() } }
        return true
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    companion object {
        const val ID = 1
        private const val PERIOD_MS = 60 * 60 * 1000L

        /** Whether it is to be tried again before its next time. */
        internal suspend fun syncOnce(host: Host): Boolean = try {
            host.client()?.sync()
            false
        } catch (fault: IthacaFault) {
            fault is IthacaFault.Offline || fault is IthacaFault.Locked
        }

        fun schedule(context: Context): Boolean {
            val info = JobInfo.Builder(ID, ComponentName(context, SyncJob::class.java))
                .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
                .setPeriodic(PERIOD_MS)
                .setPersisted(true)
                .build()
            return context.getSystemService(JobScheduler::class.java)?.schedule(info) == JobScheduler.RESULT_SUCCESS
        }
    }
}

/** What the engine cannot do now is no reason for the app to end. */
suspend fun quietly(act: suspend () -> Unit) {
    try {
        act()
    } catch (_: IthacaFault) {
        // It is told where it is asked for on a screen.
    }
}
