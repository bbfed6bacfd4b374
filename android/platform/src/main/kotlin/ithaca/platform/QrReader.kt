/** Reading a code that another phone shows, out of pictures of the camera. */
package ithaca.platform

import com.google.zxing.BarcodeFormat
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.PlanarYUVLuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader

object QrReader {
    private val HINTS = mapOf(DecodeHintType.POSSIBLE_FORMATS to listOf(BarcodeFormat.QR_CODE), DecodeHintType.TRY_HARDER to true)

    /** What a code says, of a picture's brightness: [stride] bytes a row, of which [width] count. Null where there is none to be read. */
    fun read(luminance: ByteArray, stride: Int, width: Int, height: Int): String? {
        if (width < 1 || height < 1 || stride < width || luminance.size < stride * (height - 1) + width) return null
        val rows = if (luminance.size >= stride * height) luminance else luminance.copyOf(stride * height)
        val source = PlanarYUVLuminanceSource(rows, stride, height, 0, 0, width, height, false)
        return try {
            QRCodeReader().decode(BinaryBitmap(HybridBinarizer(source)), HINTS).text
        } catch (_: ReaderException) {
            null
        }
    }
}
