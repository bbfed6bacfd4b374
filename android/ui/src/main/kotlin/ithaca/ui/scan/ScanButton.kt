package ithaca.ui.scan

import androidx.compose.foundation.lazy.LazyListScope
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.words.Words

/** Beside a field that takes what a code says; [trouble] is the last part of a key in the catalogue. */
fun LazyListScope.scanButton(words: Words, trouble: String?, onScan: (hint: String) -> Unit) {
    item { SideButton(words("common.scan"), { onScan(words("scan.hint")) }) }
    if (trouble != null) item { Sheet { Sentence(words("scan.$trouble")) } }
}
