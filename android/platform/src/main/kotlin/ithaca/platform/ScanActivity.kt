/** The window in which a camera looks for a code. It gives the code's words and keeps nothing. */
package ithaca.platform

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.graphics.Color
import android.os.Bundle
import android.view.Gravity
import android.view.SurfaceHolder
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.LinearLayout
import android.widget.TextView

/** Started by [intent]; what came of it is told by [seen]. */
class ScanActivity : Activity(), SurfaceHolder.Callback {
    private var camera: QrCamera? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        val margin = (MARGIN_DP * resources.displayMetrics.density).toInt()
        val preview = ScanPreview(this).apply { holder.addCallback(this@ScanActivity) }
        val hint = TextView(this).apply {
            text = intent.getStringExtra(HINT)
            textSize = TEXT_SP
            setTextColor(Color.WHITE)
            setPadding(margin, margin, margin, margin)
        }
        val close = Button(this).apply {
            text = intent.getStringExtra(CLOSE)
            isAllCaps = false
            minHeight = (TOUCH_DP * resources.displayMetrics.density).toInt()
            setOnClickListener { finish() }
        }
        val column = LinearLayout(this).apply {
            orientation = LinearLayout.VERTICAL
            gravity = Gravity.CENTER_HORIZONTAL
            setBackgroundColor(Color.BLACK)
            fitsSystemWindows = true
            addView(hint, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
            addView(preview, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
            addView(close, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        }
        setContentView(column)
    }

    override fun surfaceCreated(holder: SurfaceHolder) = holder.setFixedSize(QrCamera.WIDTH, QrCamera.HEIGHT)

    override fun surfaceChanged(holder: SurfaceHolder, format: Int, width: Int, height: Int) {
        if (camera != null || width != QrCamera.WIDTH || height != QrCamera.HEIGHT) return
        camera = QrCamera(this, holder.surface, { runOnUiThread { found(it) } }, { runOnUiThread { failed() } }).apply { open() }
    }

    override fun surfaceDestroyed(holder: SurfaceHolder) {
        camera?.close()
        camera = null
    }

    internal fun found(text: String) {
        setResult(RESULT_OK, Intent().putExtra(CODE, text))
        finish()
    }

    internal fun failed() {
        setResult(NO_CAMERA)
        finish()
    }

    companion object {
        private const val HINT = "hint"
        private const val CLOSE = "close"
        private const val CODE = "code"
        private const val NO_CAMERA = RESULT_FIRST_USER
        private const val MARGIN_DP = 16
        private const val TOUCH_DP = 48
        private const val TEXT_SP = 17f

        fun intent(context: Context, hint: String, close: String): Intent =
            Intent(context, ScanActivity::class.java).putExtra(HINT, hint).putExtra(CLOSE, close)

        /** What came of it: the code's words, null where somebody went back; [noCamera] where it did not open. */
        fun <T> seen(result: Int, data: Intent?, noCamera: T, code: (String?) -> T): T =
            if (result == NO_CAMERA) noCamera else code(data?.takeIf { result == RESULT_OK }?.getStringExtra(CODE))
    }
}
