/** What the phone's owner allows the app. */
package ithaca.platform

import android.app.NotificationManager
import android.content.Context
import android.content.pm.PackageManager
import android.os.Build

object Permissions {
    fun hasCamera(context: Context): Boolean = context.packageManager.hasSystemFeature(PackageManager.FEATURE_CAMERA_ANY)

    fun has(context: Context, permission: String): Boolean = context.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED

    /** Whether reminders are shown: they may be turned off in the phone's settings too. */
    fun notifies(context: Context): Boolean = context.getSystemService(NotificationManager::class.java)?.areNotificationsEnabled() == true

    /** Before Android 13 nobody was asked. */
    val asksToNotify: Boolean get() = Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU
}
