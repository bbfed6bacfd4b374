package ithaca.ui.first_run

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Lock
import androidx.compose.material.icons.filled.Person
import androidx.compose.material.icons.filled.Share
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Chip
import ithaca.ui.parts.Field
import ithaca.ui.parts.Heading
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sentence
import ithaca.ui.theme.Boat
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.Language
import ithaca.ui.words.LocalWords

@Composable
fun FirstRunScreen(model: FirstRunModel, go: (Place) -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("first_run.title"), model) {
        item { Brand() }
        item { Sentence(words("first_run.about")) }
        item {
            val wrong = when {
                state.nameMissing -> words("first_run.name_missing")
                state.nameLong -> words("first_run.name_long", "n" to LONGEST_NAME)
                else -> null
            }
            Field(words("first_run.name"), state.name, model::name, wrong = wrong, onDone = model::begin)
        }
        item { Heading(words("first_run.language")) }
        item {
            Beside {
                for (language in Language.offered) {
                    Chip(words("settings.language_${language.code}"), state.language == language, { model.language(language) }, role = Role.RadioButton)
                }
            }
        }
        item { Heading(words("first_run.private")) }
        item { Promise(Icons.Filled.Lock, words("first_run.private_you")) }
        item { Promise(Icons.Filled.Person, words("first_run.private_two")) }
        item { Promise(Icons.Filled.Share, words("first_run.private_relay")) }
        item { Heading(words("first_run.words")) }
        item { Quiet(words("first_run.words_about")) }
        item {
            Beside {
                Chip(words("first_run.words_now"), state.wordsNow, { model.wordsNow(true) }, role = Role.RadioButton)
                Chip(words("first_run.words_later"), !state.wordsNow, { model.wordsNow(false) }, role = Role.RadioButton)
            }
        }
        item { MainButton(words("first_run.begin"), model::begin, Modifier.fillMaxWidth(), enabled = !state.busy) }
        item { Heading(words("first_run.before")) }
        item {
            Beside {
                QuietButton(words("first_run.restore"), { go(Place(Screen.RESTORE)) })
                QuietButton(words("first_run.other_device"), { go(Place(Screen.NEW_DEVICE)) })
            }
        }
    }
}

@Composable
fun Brand() {
    val (words, colours) = LocalWords.current to LocalColours.current
    Row(verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(12.dp)) {
        Icon(Boat, null, Modifier.size(48.dp), tint = colours.harbour)
        Text(words("app.name"), style = MaterialTheme.typography.headlineMedium, color = colours.harbour)
    }
}

@Composable
private fun Promise(icon: ImageVector, text: String) {
    Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(12.dp)) {
        Icon(icon, null, Modifier.padding(top = 2.dp), tint = LocalColours.current.growth)
        Sentence(text)
    }
}
