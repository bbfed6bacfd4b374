/** The camera as a reader of codes: pictures go nowhere but to [QrReader]. What comes of a camera that works was never run: there is none on a test machine. */
package ithaca.platform

import android.annotation.SuppressLint
import android.content.Context
import android.graphics.ImageFormat
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.params.OutputConfiguration
import android.hardware.camera2.params.SessionConfiguration
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.view.Surface

/** Shows what the camera sees on [preview] and calls [found] once with the first code; [failed] where the camera is not to be had. Both on any thread. */
class QrCamera(private val context: Context, private val preview: Surface, private val found: (String) -> Unit, private val failed: () -> Unit) :
    AutoCloseable {
    private val thread = HandlerThread("ithaca-camera").apply { start() }
    private val handler = Handler(thread.looper)
    private val reader = ImageReader.newInstance(WIDTH, HEIGHT, ImageFormat.YUV_420_888, 2)
    private var device: CameraDevice? = null
    private var done = false

    /** The permission is asked for before. */
    @SuppressLint("MissingPermission")
    fun open() = careful {
        val manager = context.getSystemService(CameraManager::class.java)
        val camera = manager?.let(::choose) ?: return@careful failed()
        reader.setOnImageAvailableListener({ look() }, handler)
        manager.openCamera(camera, state, handler)
    }

    /** The one at the back, where there is one. */
    private fun choose(manager: CameraManager): String? = manager.cameraIdList.run {
        firstOrNull { manager.getCameraCharacteristics(it).get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK } ?: firstOrNull()
    }

    /** A camera may go away at any moment: another app takes it, it is unplugged, its owner forbids it. */
    private fun careful(deed: () -> Unit) = try {
        deed()
    } catch (_: CameraAccessException) {
        failed()
    } catch (_: SecurityException) {
        failed()
    } catch (_: IllegalStateException) {
        failed()
    } catch (_: IllegalArgumentException) {
        failed()
    }

    private val state = object : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            if (done) return camera.close()
            device = camera
            val outputs = listOf(preview, reader.surface).map(::OutputConfiguration)
            careful { camera.createCaptureSession(SessionConfiguration(SessionConfiguration.SESSION_REGULAR, outputs, { handler.post(it) }, Session(camera))) }
        }

        override fun onDisconnected(camera: CameraDevice) = lost(camera)
        override fun onError(camera: CameraDevice, error: Int) = lost(camera)

        private fun lost(camera: CameraDevice) {
            camera.close()
            if (!done) failed()
        }
    }

    private inner class Session(private val camera: CameraDevice) : CameraCaptureSession.StateCallback() {
        override fun onConfigured(session: CameraCaptureSession) = careful {
            val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
            listOf(preview, reader.surface).forEach(request::addTarget)
            session.setRepeatingRequest(request.build(), null, handler)
        }

        override fun onConfigureFailed(session: CameraCaptureSession) = failed()
    }

    private fun look() {
        if (done) return
        reader.acquireLatestImage()?.use { image ->
            val plane = image.planes[0]
            val bytes = ByteArray(plane.buffer.remaining()).also(plane.buffer::get)
            QrReader.read(bytes, plane.rowStride, image.width, image.height)?.let {
                done = true
                found(it)
            }
        }
    }

    /** On the camera's own thread, so that nothing is taken from under it. */
    override fun close() {
        handler.post {
            done = true
            device?.close()
            reader.close()
            thread.quitSafely()
        }
    }

    companion object {
        const val WIDTH = 1280
        const val HEIGHT = 720
    }
}
