/** Where a profile is on a phone: where no backup takes it from, since a profile that comes back from a copy would be this device a second time. */
package ithaca.platform

import android.content.Context

fun profileFolder(context: Context): String = context.noBackupFilesDir.resolve("profile").path
