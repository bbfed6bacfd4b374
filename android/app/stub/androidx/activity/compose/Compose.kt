/** See the stub of ComponentActivity. */
package androidx.activity.compose

import androidx.activity.ComponentActivity
import androidx.compose.runtime.Composable

fun ComponentActivity.setContent(content: @Composable () -> Unit): Unit = error("a stub: $content")

@Composable
fun BackHandler(enabled: Boolean = true, onBack: () -> Unit): Unit = error("a stub: $enabled $onBack")
