/** What the camera sees, in its own proportions and as large as there is room. */
package ithaca.platform

import android.content.Context
import android.content.res.Configuration
import android.view.SurfaceView

internal class ScanPreview(context: Context) : SurfaceView(context) {
    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val (wide, high) = MeasureSpec.getSize(widthMeasureSpec) to MeasureSpec.getSize(heightMeasureSpec)
        val upright = resources.configuration.orientation == Configuration.ORIENTATION_PORTRAIT
        val (of, to) = if (upright) QrCamera.HEIGHT to QrCamera.WIDTH else QrCamera.WIDTH to QrCamera.HEIGHT
        if (wide * to <= high * of) setMeasuredDimension(wide, wide * to / of) else setMeasuredDimension(high * of / to, high)
    }
}
