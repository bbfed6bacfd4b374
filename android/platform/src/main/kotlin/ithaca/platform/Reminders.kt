/** Reminders: one alarm at a time for the next of them, made on the phone without any network. */
package ithaca.platform

import android.app.AlarmManager
import android.app.PendingIntent
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import ithaca.bridge.Client
import ithaca.bridge.Reminder
import ithaca.bridge.reminders
import java.time.Clock
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch

object Reminders {
    /** The setting that lets names and words stand on a locked screen. */
    const val ON_LOCKED_SCREEN = "reminders.names"
    private const val FROM = "from"

    /** Tells what is due from [from] until now and sets the alarm for the next one; [from] is when the alarm before it was set for. */
    suspend fun run(context: Context, host: Host, client: Client, from: Instant, clock: Clock) {
        val all = reminders(client, from, clock.zone)
        val now = clock.instant()
        val open = client.setting(ON_LOCKED_SCREEN) == "on"
        all.filter { it.at <= now }.forEach { Notifications.show(context, host, it, open) }
        set(context, all.firstOrNull { it.at > now })
    }

    /** Sets the alarm for the next reminder, or none; to be called whenever something changed. */
    suspend fun plan(context: Context, client: Client, clock: Clock) = set(context, reminders(client, clock.instant(), clock.zone).firstOrNull())

    private fun set(context: Context, next: Reminder?) {
        val alarms = context.getSystemService(AlarmManager::class.java) ?: return
        val intent = Intent(context, ReminderReceiver::class.java)
        next?.let { intent.putExtra(FROM, it.at.toEpochMilli()) }
        val pending = PendingIntent.getBroadcast(context, 0, intent, PendingIntent.FLAG_IMMUTABLE or PendingIntent.FLAG_UPDATE_CURRENT)
        // A few minutes late is good enough: an exact alarm would need a permission of its own.
        if (next == null) alarms.cancel(pending) else alarms.setAndAllowWhileIdle(AlarmManager.RTC_WAKEUP, next.at.toEpochMilli(), pending)
    }

    internal fun from(intent: Intent, clock: Clock): Instant =
        intent.getLongExtra(FROM, -1).takeIf { it >= 0 }?.let(Instant::ofEpochMilli) ?: clock.instant()
}

/** An alarm went off, or the phone started and has forgotten every alarm. */
class ReminderReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        val host = Host.of(context) ?: return
        val clock = Clock.systemDefaultZone()
        val result = goAsync()
        CoroutineScope(Dispatchers.Default).launch {
            quietly { host.client()?.let { Reminders.run(context, host, it, Reminders.from(intent, clock), clock) } }
            result?.finish()
        }
    }
}
