/** See the stub of ComponentActivity. */
package androidx.activity.result.contract

import android.net.Uri

abstract class ActivityResultContract<I, O>

object ActivityResultContracts {
    class OpenDocument : ActivityResultContract<Array<String>, Uri?>()
    class RequestPermission : ActivityResultContract<String, Boolean>()
}
