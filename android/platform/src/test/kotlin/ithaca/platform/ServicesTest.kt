package ithaca.platform

import android.app.AlarmManager
import android.app.Notification
import android.app.NotificationManager
import android.app.job.JobInfo
import android.app.job.JobScheduler
import android.content.Intent
import ithaca.bridge.ActionDraft
import ithaca.bridge.IthacaFault
import java.time.Clock
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

private val ZONE: ZoneId = ZoneId.of("Africa/Nairobi")
private val DAY: LocalDate = LocalDate.of(2031, 3, 9)

private fun at(hour: Int, day: LocalDate = DAY): Instant = day.atTime(hour, 0).atZone(ZONE).toInstant()

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34], manifest = Config.NONE, application = TestApplication::class)
class ServicesTest {
    private val app: TestApplication get() = RuntimeEnvironment.getApplication() as TestApplication
    private val notifications get() = shadowOf(app.getSystemService(NotificationManager::class.java))
    private val alarms get() = shadowOf(app.getSystemService(AlarmManager::class.java))

    @Test
    fun `syncing waits for a network, comes back by itself and survives a restart`() {
        assertTrue(SyncJob.schedule(app))
        val job = checkNotNull(app.getSystemService(JobScheduler::class.java)?.getPendingJob(SyncJob.ID))
        assertEquals(JobInfo.NETWORK_TYPE_ANY, job.networkType)
        assertTrue(job.isPeriodic && job.isPersisted)
    }

    @Test
    fun `a sync without a way to the relay is tried again, others are not`() = runBlocking {
        assertFalse(SyncJob.syncOnce(app))
        app.fake.fail = IthacaFault.Offline()
        assertTrue(SyncJob.syncOnce(app))
        app.fake.fail = IthacaFault.Closed()
        assertFalse(SyncJob.syncOnce(app))
    }

    @Test
    fun `the job lets the system have its time back`() {
        val service = Robolectric.buildService(SyncJob::class.java).create()
        assertTrue(service.get().onStopJob(null))
        service.destroy()
    }

    private fun promises(space: ithaca.bridge.SpaceId) = runBlocking {
        val me = listOf(app.fake.state().person)
        app.fake.newAction(space, ActionDraft("Print the checklist", me, DAY))
        app.fake.newAction(space, ActionDraft("Say the dose", me, DAY.plusDays(1)))
    }

    @Test
    fun `what is due is told once, and the next alarm is set`() = runBlocking {
        val space = app.fake.addPair("Ben")
        promises(space)
        Reminders.plan(app, app.fake, Clock.fixed(at(7), ZONE))
        assertEquals(at(8).toEpochMilli(), alarms.scheduledAlarms.single().triggerAtMs)
        Reminders.run(app, app, app.fake, at(8), Clock.fixed(at(9), ZONE))
        val shown = notifications.allNotifications.single()
        assertEquals("Print the checklist", shown.extras.getString(Notification.EXTRA_TEXT))
        assertEquals(at(8, DAY.plusDays(1)).toEpochMilli(), alarms.scheduledAlarms.single().triggerAtMs)
    }

    @Test
    fun `a locked screen shows the app's name alone unless it is allowed`() = runBlocking {
        val space = app.fake.addPair("Ben")
        promises(space)
        Reminders.run(app, app, app.fake, at(8), Clock.fixed(at(9), ZONE))
        val covered = notifications.allNotifications.single()
        assertEquals(Notification.VISIBILITY_PRIVATE, covered.visibility)
        val outside = covered.publicVersion.extras
        assertEquals("Ithaca", outside.getString(Notification.EXTRA_TITLE))
        assertFalse("Ben" in outside.toString() || "checklist" in outside.toString())
        app.fake.keepSetting(Reminders.ON_LOCKED_SCREEN, "on")
        Reminders.run(app, app, app.fake, at(8), Clock.fixed(at(9), ZONE))
        assertEquals(Notification.VISIBILITY_PUBLIC, notifications.allNotifications.single().visibility)
    }

    @Test
    fun `with reminders off nothing wakes the phone`() = runBlocking {
        val space = app.fake.addPair("Ben")
        promises(space)
        Reminders.plan(app, app.fake, Clock.fixed(at(7), ZONE))
        assertNotNull(alarms.peekNextScheduledAlarm())
        app.fake.keepSetting("reminders.${space.text}", "off")
        Reminders.plan(app, app.fake, Clock.fixed(at(7), ZONE))
        assertNull(alarms.peekNextScheduledAlarm())
    }

    @Test
    fun `an alarm knows since when it has to tell, a start of the phone begins now`() {
        val clock = Clock.fixed(at(9), ZONE)
        assertEquals(at(8), Reminders.from(Intent().putExtra("from", at(8).toEpochMilli()), clock))
        assertEquals(at(9), Reminders.from(Intent(Intent.ACTION_BOOT_COMPLETED), clock))
    }

    @Test
    fun `the profile lies where no backup takes it from`() {
        assertTrue(profileFolder(app).startsWith(app.noBackupFilesDir.path))
    }
}
