package ithaca.ui.trouble

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import ithaca.ui.first_run.Brand
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Page
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.SideButton
import ithaca.ui.words.LocalWords

@Composable
fun TroubleScreen(model: TroubleModel) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("trouble.title"), model) {
        item { Brand() }
        item { Sentence(words("trouble.${state.key}"), strong = true) }
        item { Sentence(words("trouble.${state.key}_way")) }
        item { MainButton(words("trouble.open_again"), model::again, Modifier.fillMaxWidth(), enabled = !state.busy) }
        if (!state.canComeBack) return@Page
        item { SideButton(words("trouble.restore"), { model.comeBack(Screen.RESTORE) }) }
        item { SideButton(words("trouble.other_device"), { model.comeBack(Screen.NEW_DEVICE) }) }
        item { Quiet(words("trouble.copy_kept")) }
    }
}
