/** Something that the system asks the phone's owner, and the answer. */
package ithaca.app

import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContract
import kotlinx.coroutines.CompletableDeferred

/** Made while [activity] is created: the system allows asking only to who said so before it starts. */
class Question<I, O>(activity: ComponentActivity, contract: ActivityResultContract<I, O>) {
    private var waiting: CompletableDeferred<O>? = null
    private val launcher = activity.registerForActivityResult(contract) { waiting?.complete(it) }

    suspend fun ask(input: I): O {
        val asked = CompletableDeferred<O>()
        // Asked again, nobody waits for the first answer any more.
        waiting?.cancel()
        waiting = asked
        launcher.launch(input)
        return asked.await()
    }
}
