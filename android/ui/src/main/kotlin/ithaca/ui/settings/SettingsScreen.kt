package ithaca.ui.settings

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.semantics.Role
import ithaca.bridge.ExportForm
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Chip
import ithaca.ui.parts.Field
import ithaca.ui.parts.Heading
import ithaca.ui.parts.ListLine
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.theme.Brightness
import ithaca.ui.words.Language
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
fun SettingsScreen(model: SettingsModel, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("settings.title"), model, back) {
        if (!state.loaded) return@Page
        if (state.offline) item { Quiet(words("settings.offline")) }
        eyes(state, model, words)
        item { ListLine(words("settings.devices"), null, { go(Place(Screen.DEVICES)) }) }
        item { ListLine(words("settings.words"), null, { go(Place(Screen.RECOVERY_WORDS)) }) }
        relay(state, model, words)
        lock(state, model, words)
        reminders(state, model, words)
        files(state, model, words)
    }
}

private fun LazyListScope.eyes(state: SettingsState, model: SettingsModel, words: Words) {
    item { Heading(words("settings.language")) }
    item {
        Beside {
            for (language in Language.offered) {
                Chip(words("settings.language_${language.code}"), state.language == language, { model.language(language) }, role = Role.RadioButton)
            }
        }
    }
    item { Heading(words("settings.text_size")) }
    item {
        Beside {
            for (size in TEXT_SIZES) {
                Chip(words("settings.size", "n" to size), state.looks.textPercent == size, { model.looks(state.looks.copy(textPercent = size)) }, role = Role.RadioButton)
            }
        }
    }
    item { Heading(words("settings.theme")) }
    item {
        Beside {
            for (brightness in Brightness.entries) {
                val name = words("settings.theme_${brightness.name.lowercase()}")
                Chip(name, state.looks.brightness == brightness, { model.looks(state.looks.copy(brightness = brightness)) }, role = Role.RadioButton)
            }
        }
    }
}

private fun LazyListScope.relay(state: SettingsState, model: SettingsModel, words: Words) {
    item { Heading(words("settings.relay")) }
    item { if (state.relay == null) Quiet(words("settings.relay_none")) else Quiet(words("settings.relay_sees")) }
    item { Field(words("new_pair.relay_address"), state.relayTyped ?: state.relay.orEmpty(), model::relayTyped, plain = true) }
    if (state.relayTyped == null) return
    item { Field(words("new_pair.account"), state.account, model::account, plain = true) }
    item { SideButton(words("new_pair.keep_relay"), { model.keepRelay() }) }
}

private fun LazyListScope.lock(state: SettingsState, model: SettingsModel, words: Words) {
    item { Heading(words("settings.lock")) }
    item {
        if (!state.lockOffered) Quiet(words("settings.lock_none")) else Chip(words("settings.lock_about"), state.locks, { model.lock(it) })
    }
}

private fun LazyListScope.reminders(state: SettingsState, model: SettingsModel, words: Words) {
    if (!state.reminds || state.pairs.isEmpty()) return
    item { Heading(words("reminder.channel")) }
    if (state.remindingRefused) item { Sheet { Sentence(words("settings.reminders_refused")) } }
    items(state.pairs, key = { "remind-${it.space.text}" }) { pair ->
        Chip(words("settings.reminders", "name" to pair.other.name), pair.space in state.reminded, { model.remind(pair.space, it) })
    }
    item { Chip(words("settings.reminders_names"), state.namesOnLockedScreen, { model.namesOnLockedScreen(it) }) }
}

private fun LazyListScope.files(state: SettingsState, model: SettingsModel, words: Words) {
    item { Heading(words("settings.export")) }
    item { Quiet(words("settings.export_about")) }
    items(state.pairs, key = { "export-${it.space.text}" }) { pair ->
        Sheet {
            Sentence(pair.other.name)
            Beside {
                SideButton(words("settings.export_markdown"), { model.export(pair, ExportForm.MARKDOWN) })
                SideButton(words("settings.export_json"), { model.export(pair, ExportForm.JSON) })
            }
        }
    }
    state.exported?.let { item { Quiet(words("settings.exported", "where" to it)) } }
    item { SideButton(words("settings.import"), { model.bringIn() }) }
    state.imported?.let { item { Quiet(words("settings.imported", "code" to words("settings.imported_${it.name.lowercase()}"))) } }
}
