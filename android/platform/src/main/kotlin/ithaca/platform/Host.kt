/** What the system's services reach the open profile by: the application is one. */
package ithaca.platform

import android.content.Context
import ithaca.bridge.Client
import ithaca.bridge.Upcoming

/** The words of a notification. */
data class Told(val title: String, val text: String)

interface Host {
    /** The profile, opened if it is not; null where there is none, or its key is not to be had now. */
    suspend fun client(): Client?

    /** What a reminder says in the person's language. */
    fun words(of: Upcoming): Told

    /** What stands on a locked screen instead: the app's name and nothing of anybody. */
    fun covered(): Told

    /** The name under which the system lists reminders. */
    fun channel(): String

    companion object {
        fun of(context: Context): Host? = context.applicationContext as? Host
    }
}
