/** The camera as a reader of codes: pictures go nowhere but to [QrReader]. Compiled here, never run: there is no camera on a test machine. */
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

/** Shows what the camera sees on [preview] and calls [found] once with the first code; [failed] where the camera is not to be had. */
class QrCamera(private val context: Context, private val preview: Surface, private val found: (String) -> Unit, private val failed: () -> Unit) :
    AutoCloseable {
    private val thread = HandlerThread("ithaca-camera").apply { start() }
    private val handler = Handler(thread.looper)
    private val reader = ImageReader.newInstance(WIDTH, HEIGHT, ImageFormat.YUV_420_888, 2)
    private var device: CameraDevice? = null
    private var done = false

    /** The permission is asked for by the activity, before. */
    @SuppressLint("MissingPermission")
    fun open() {
        val manager = context.getSystemService(CameraManager::class.java)
        val back = manager?.cameraIdList?.firstOrNull {
            manager.getCameraCharacteristics(it).get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK
        }
        if (manager == null || back == null) return failed()
        reader.setOnImageAvailableListener({ look() }, handler)
        try {
            manager.openCamera(back, state, handler)
        } catch (_: CameraAccessException) {
            failed()
        } catch (_: SecurityException) {
            failed()
        }
    }

    private val state = object : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            device = camera
            val outputs = listOf(preview, reader.surface).map(::OutputConfiguration)
            camera.createCaptureSession(SessionConfiguration(SessionConfiguration.SESSION_REGULAR, outputs, { handler.post(it) }, Session(camera)))
        }

        override fun onDisconnected(camera: CameraDevice) = camera.close()

        override fun onError(camera: CameraDevice, error: Int) {
            camera.close()
            failed()
        }
    }

    private inner class Session(private val camera: CameraDevice) : CameraCaptureSession.StateCallback() {
        override fun onConfigured(session: CameraCaptureSession) {
            val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
            listOf(preview, reader.surface).forEach(request::addTarget)
            session.setRepeatingRequest(request.build(), null, handler)
        }

        override fun onConfigureFailed(session: CameraCaptureSession) = failed()
    }

    private fun look() {
        reader.acquireLatestImage()?.use { image ->
            if (done) return
            val plane = image.planes[0]
            val bytes = ByteArray(plane.buffer.remaining()).also(plane.buffer::get)
            QrReader.read(bytes, plane.rowStride, image.width, image.height)?.let {
                done = true
                found(it)
            }
        }
    }

    override fun close() {
        device?.close()
        reader.close()
        thread.quitSafely()
    }

    private companion object {
        const val WIDTH = 1280
        const val HEIGHT = 720
    }
}
