package ithaca.app

import android.content.Context
import android.content.Intent
import androidx.activity.result.contract.ActivityResultContract
import ithaca.platform.ScanActivity
import ithaca.ui.scan.Seen

/** Opens the window with the camera, with a hint in it. */
class CodeWindow(private val close: () -> String) : ActivityResultContract<String, Seen>() {
    override fun createIntent(context: Context, input: String): Intent = ScanActivity.intent(context, input, close())

    override fun parseResult(resultCode: Int, intent: Intent?): Seen =
        ScanActivity.seen(resultCode, intent, Seen.NoCamera) { if (it == null) Seen.Nothing else Seen.Code(it) }
}
