package ithaca.platform

import android.content.Intent
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.net.Uri
import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import ithaca.bridge.InputSort
import ithaca.bridge.IthacaFault
import java.io.File
import java.io.FileNotFoundException
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Assert.fail
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowNetworkCapabilities

private const val LINK = "https://relay.example/i#v1.AAAA"

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34], manifest = Config.NONE)
class IntakeTest {
    private fun send(type: String?, text: String? = null, stream: String? = null) = Intent(Intent.ACTION_SEND).apply {
        this.type = type
        text?.let { putExtra(Intent.EXTRA_TEXT, it) }
        stream?.let { putExtra(Intent.EXTRA_STREAM, Uri.parse(it)) }
    }

    @Test
    fun `words are kept, an invitation is answered`() {
        assertEquals(Shared.Words("Visit the ward."), Shared.of(send("text/plain", " Visit the ward.\n")))
        assertEquals(Shared.Invitation(LINK), Shared.of(send("text/plain", LINK)))
        assertEquals(Shared.Invitation(LINK), Shared.of(Intent(Intent.ACTION_VIEW, Uri.parse(LINK))))
        assertEquals(Shared.Words("Come: $LINK"), Shared.of(send("text/plain", "Come: $LINK")))
    }

    @Test
    fun `a photo is not swallowed, nor half of what came with one`() {
        assertEquals(Shared.NotText, Shared.of(send("image/jpeg", stream = "content://photo")))
        assertEquals(Shared.NotText, Shared.of(send("text/plain", "Look", "content://photo")))
        assertEquals(Shared.NotText, Shared.of(Intent(Intent.ACTION_SEND_MULTIPLE)))
        assertEquals(Shared.NotText, Shared.of(send(null, "words of no kind")))
    }

    @Test
    fun `nothing, too much and other apps' links`() {
        assertEquals(Shared.Nothing, Shared.of(null))
        assertEquals(Shared.Nothing, Shared.of(send("text/plain", "  ")))
        assertEquals(Shared.Nothing, Shared.of(Intent(Intent.ACTION_VIEW, Uri.parse("https://elsewhere.example/"))))
        assertEquals(Shared.TooLong, Shared.of(send("text/plain", "x".repeat(Shared.LONGEST + 1))))
    }

    @Test
    fun `a chosen file is copied, refused where it is gone, and forgotten`() = runBlocking {
        val app = RuntimeEnvironment.getApplication()
        val there = Uri.parse("content://files/there")
        shadowOf(app.contentResolver).registerInputStream(there, "kept words".byteInputStream())
        val copy = File(ChosenFile.copy(app, there))
        assertEquals("kept words", copy.readText())
        shadowOf(app.contentResolver).registerInputStreamSupplier(there) { throw FileNotFoundException() }
        try {
            ChosenFile.copy(app, there)
            fail("a file that is gone was copied")
        } catch (e: IthacaFault.BadInput) {
            assertEquals(InputSort.FILE, e.sort)
        }
        ChosenFile.forget(app)
        assertFalse(copy.exists())
    }

    @Test
    fun `a code is read out of a picture, and a picture without one says nothing`() {
        val side = 200
        val stride = side + 24
        val code = QRCodeWriter().encode(LINK, BarcodeFormat.QR_CODE, side, side)
        val picture = ByteArray(stride * side) { i ->
            val (x, y) = i % stride to i / stride
            if (x < side && code[x, y]) 0 else -1
        }
        assertEquals(LINK, QrReader.read(picture, stride, side, side))
        // A camera's last row may end where the picture does.
        assertEquals(LINK, QrReader.read(picture.copyOf(stride * (side - 1) + side), stride, side, side))
        assertNull(QrReader.read(ByteArray(stride * side), stride, side, side))
        assertNull(QrReader.read(ByteArray(10), stride, side, side))
    }

    @Test
    fun `the network is followed, and a change is told once`() {
        val app = RuntimeEnvironment.getApplication()
        val manager = checkNotNull(app.getSystemService(ConnectivityManager::class.java))
        var told = 0
        NetworkWatch(app) { told++ }.use { watch ->
            val callback = shadowOf(manager).networkCallbacks.single()
            val network = checkNotNull(manager.activeNetwork)
            callback.onLost(network)
            assertFalse(watch.isOnline())
            val before = told
            val carries = ShadowNetworkCapabilities.newInstance()
            shadowOf(carries).addCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET)
            repeat(2) { callback.onCapabilitiesChanged(network, carries) }
            assertTrue(watch.isOnline())
            assertEquals(before + 1, told)
        }
        assertTrue(shadowOf(manager).networkCallbacks.isEmpty())
    }
}
