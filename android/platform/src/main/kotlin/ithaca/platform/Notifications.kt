/** What the phone shows outside the app. A locked screen shows the app's name; never words or names, unless its owner allowed it. */
package ithaca.platform

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import ithaca.bridge.Reminder

object Notifications {
    const val CHANNEL = "reminders"

    fun show(context: Context, host: Host, reminder: Reminder, openOnLockedScreen: Boolean) {
        val manager = context.getSystemService(NotificationManager::class.java) ?: return
        manager.createNotificationChannel(NotificationChannel(CHANNEL, host.channel(), NotificationManager.IMPORTANCE_DEFAULT))
        val covered = built(context, host.covered()).build()
        val shown = built(context, host.words(reminder.of))
            .setVisibility(if (openOnLockedScreen) Notification.VISIBILITY_PUBLIC else Notification.VISIBILITY_PRIVATE)
            .setPublicVersion(covered)
            .build()
        // One of each: told again, it stands where it stood.
        manager.notify(reminder.of.id, 0, shown)
    }

    private fun built(context: Context, told: Told): Notification.Builder {
        val builder = Notification.Builder(context, CHANNEL)
            .setSmallIcon(android.R.drawable.ic_popup_reminder)
            .setContentTitle(told.title)
            .setContentText(told.text)
            .setAutoCancel(true)
        val launch = context.packageManager.getLaunchIntentForPackage(context.packageName) ?: return builder
        return builder.setContentIntent(PendingIntent.getActivity(context, 0, launch, PendingIntent.FLAG_IMMUTABLE))
    }
}
