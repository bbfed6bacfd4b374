/** The window with the screens. Its types are checked here against the framework and stubs of androidx.activity; it was never run: see README. */
package ithaca.app

import android.content.Intent
import android.os.Bundle
import android.widget.Toast
import androidx.activity.ComponentActivity
import androidx.activity.compose.BackHandler
import androidx.activity.compose.setContent
import androidx.lifecycle.lifecycleScope
import ithaca.bridge.IthacaFault
import ithaca.bridge.keepShared
import ithaca.platform.ChosenFile
import ithaca.platform.Shared
import ithaca.platform.quietly
import ithaca.ui.root.IthacaApp
import ithaca.ui.root.RootModel
import ithaca.ui.words.Words
import java.time.Clock
import kotlinx.coroutines.launch

class MainActivity : ComponentActivity() {
    private val app get() = application as IthacaApplication
    private lateinit var root: RootModel

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        ChosenFile.forget(this)
        root = RootModel(app.profiles, Phone(this, app.language), lifecycleScope)
        setContent {
            BackHandler { if (!root.back()) moveTaskToBack(true) }
            IthacaApp(root)
        }
        if (savedInstanceState == null) take(intent)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        take(intent)
    }

    override fun onStart() {
        super.onStart()
        lifecycleScope.launch { quietly { app.client()?.watchRelays(true) } }
    }

    override fun onStop() {
        // Not with the activity's own scope, which may end before it is done.
        app.leaving(Clock.systemDefaultZone())
        super.onStop()
    }

    /** What another app gave: kept as a private note, or a sentence that says why not. */
    private fun take(intent: Intent?) {
        val words = Words.of(app.language)
        val shared = Shared.of(intent)
        val text = (shared as? Shared.Words)?.text ?: (shared as? Shared.Invitation)?.link
        lifecycleScope.launch {
            val told = when {
                shared is Shared.NotText -> words("shared.text_only")
                shared is Shared.TooLong -> words("shared.too_long")
                text == null -> return@launch
                else -> keep(text, words)
            }
            Toast.makeText(this@MainActivity, told, Toast.LENGTH_LONG).show()
        }
    }

    private suspend fun keep(text: String, words: Words): String = try {
        val client = app.client()
        if (client == null) words("shared.nobody") else words("shared.kept").also { client.keepShared(text) }
    } catch (_: IthacaFault) {
        words("shared.failed")
    }
}
