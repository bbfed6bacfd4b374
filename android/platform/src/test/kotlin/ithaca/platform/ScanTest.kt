package ithaca.platform

import android.Manifest
import android.app.NotificationManager
import android.content.pm.PackageManager
import android.graphics.SurfaceTexture
import android.view.Surface
import android.view.SurfaceHolder
import android.view.SurfaceView
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.TextView
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** The window around the camera; there is no camera in it. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34], manifest = Config.NONE)
class ScanTest {
    private val app get() = RuntimeEnvironment.getApplication()

    private fun opened(): ActivityController<ScanActivity> =
        Robolectric.buildActivity(ScanActivity::class.java, ScanActivity.intent(app, "Hold it there.", "Close")).setup()

    /** What whoever started it is told. */
    private fun seen(of: ScanActivity): String = shadowOf(of).run { ScanActivity.seen(resultCode, resultIntent, "no camera") { it ?: "went back" } }

    private fun parts(of: ScanActivity): List<View> {
        val column = checkNotNull(of.findViewById<ViewGroup>(android.R.id.content)).getChildAt(0) as ViewGroup
        return (0 until column.childCount).map(column::getChildAt)
    }

    @Test
    fun `a code's words are given back, and the window closes`() {
        val window = opened().get()
        window.found("https://relay.example/i#v1.AAAA")
        assertTrue(window.isFinishing)
        assertEquals("https://relay.example/i#v1.AAAA", seen(window))
    }

    @Test
    fun `it says what to do, and closing gives nothing`() {
        val window = opened().get()
        assertEquals("Hold it there.", parts(window).filterIsInstance<TextView>().first { it !is Button }.text)
        val close = parts(window).filterIsInstance<Button>().single()
        assertEquals("Close", close.text)
        close.performClick()
        assertTrue(window.isFinishing)
        assertEquals("went back", seen(window))
    }

    @Test
    fun `where no camera opens, that is told`() {
        val window = opened().get()
        val surface = Surface(SurfaceTexture(false))
        val holder = object : SurfaceHolder by parts(window).filterIsInstance<SurfaceView>().single().holder {
            override fun getSurface() = surface
        }
        window.surfaceChanged(holder, 0, QrCamera.WIDTH, QrCamera.HEIGHT)
        shadowOf(window.mainLooper).idle()
        assertEquals("no camera", seen(window))
        window.surfaceDestroyed(holder)
    }

    @Test
    fun `what the owner allows is known`() {
        assertFalse(Permissions.hasCamera(app) || Permissions.has(app, Manifest.permission.CAMERA))
        shadowOf(app.packageManager).setSystemFeature(PackageManager.FEATURE_CAMERA_ANY, true)
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
        assertTrue(Permissions.hasCamera(app) && Permissions.has(app, Manifest.permission.CAMERA))
        val manager = shadowOf(app.getSystemService(NotificationManager::class.java))
        manager.setNotificationsEnabled(false)
        assertFalse(Permissions.notifies(app))
        manager.setNotificationsEnabled(true)
        assertTrue(Permissions.notifies(app) && Permissions.asksToNotify)
    }
}
