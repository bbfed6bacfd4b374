/** See the stub of ComponentActivity. */
package androidx.activity.result.contract

import android.content.Context
import android.content.Intent
import android.net.Uri

abstract class ActivityResultContract<I, O> {
    abstract fun createIntent(context: Context, input: I): Intent
    abstract fun parseResult(resultCode: Int, intent: Intent?): O
}

object ActivityResultContracts {
    class OpenDocument : ActivityResultContract<Array<String>, Uri?>() {
        override fun createIntent(context: Context, input: Array<String>): Intent = error("a stub: $context $input")
        override fun parseResult(resultCode: Int, intent: Intent?): Uri? = error("a stub: $resultCode $intent")
    }

    class RequestPermission : ActivityResultContract<String, Boolean>() {
        override fun createIntent(context: Context, input: String): Intent = error("a stub: $context $input")
        override fun parseResult(resultCode: Int, intent: Intent?): Boolean = error("a stub: $resultCode $intent")
    }
}
