package ithaca.ui.devices

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import ithaca.bridge.Comer
import ithaca.bridge.ComerState
import ithaca.bridge.OwnDevice
import ithaca.ui.parts.Beside
import ithaca.ui.parts.DangerButton
import ithaca.ui.parts.Field
import ithaca.ui.parts.Heading
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Page
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.Tone
import ithaca.ui.scan.scanButton
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
fun DevicesScreen(model: DevicesModel, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("devices.title"), model, back) {
        val devices = state.devices ?: return@Page
        if (state.offline) item { Quiet(words("devices.offline")) }
        items(devices.comers, key = { "comer-${it.id}" }) { ComerSheet(it, model) }
        items(devices.devices, key = { it.id.text }) { DeviceSheet(it, state, model) }
        if (devices.devices.count { !it.revoked } == 1) item { Sentence(words("devices.only")) }
        item { Quiet(words("devices.four", "words" to devices.fourWords)) }
        add(state, model, words)
    }
}

private fun LazyListScope.add(state: DevicesState, model: DevicesModel, words: Words) {
    item { Heading(words("devices.add")) }
    item { Quiet(words("devices.code_about")) }
    if (state.canScan) scanButton(words, state.scanTrouble) { model.scan(it) }
    item { Field(words("devices.code"), state.code, model::code, lines = 2, plain = true) }
    item { Field(words("devices.relay"), state.relay, model::relay, plain = true) }
    item { MainButton(words("devices.add"), { model.add() }, enabled = state.code.isNotBlank()) }
}

@Composable
private fun ComerSheet(comer: Comer, model: DevicesModel) {
    val words = LocalWords.current
    Sheet(tone = Tone.CHOSEN) {
        when (comer.state) {
            ComerState.ASKING -> {
                Sentence(words("devices.comer", "name" to comer.name, "words" to comer.words))
                MainButton(words("devices.approve", "name" to comer.name), { model.approve(comer) })
            }
            ComerState.WAITING -> Sentence(words("devices.comer_waiting", "name" to comer.name.ifEmpty { words("devices.unnamed") }))
            ComerState.OFFERED -> Sentence(words("devices.comer_offered", "name" to comer.name))
            ComerState.ADDED -> Sentence(words("devices.comer_added", "name" to comer.name))
            ComerState.LAPSED -> Sentence(words("devices.comer_lapsed", "name" to comer.name))
        }
    }
}

@Composable
private fun DeviceSheet(device: OwnDevice, state: DevicesState, model: DevicesModel) {
    val words = LocalWords.current
    val name = device.name.ifEmpty { words("devices.unnamed") }
    val asked = state.revoking?.id == device.id
    Sheet(tone = if (asked) Tone.DANGER else Tone.RAISED) {
        Sentence(name, strong = true)
        if (device.thisOne) Quiet(words("devices.this"))
        if (device.revoked) return@Sheet Quiet(words("devices.revoked"))
        when {
            state.naming?.id == device.id -> {
                Field(words("devices.name"), state.name, model::name, example = words("devices.example"), onDone = { model.keepName() })
                Beside { SideButton(words("common.keep"), { model.keepName() }); QuietButton(words("common.cancel"), { model.rename(null) }) }
            }
            asked -> {
                Sentence(words("devices.revoke_about", "name" to name))
                Beside { DangerButton(words("devices.revoke"), { model.revoke() }); QuietButton(words("common.cancel"), { model.askRevoke(null) }) }
            }
            else -> Beside {
                QuietButton(words("devices.rename"), { model.rename(device) })
                if (!device.thisOne) QuietButton(words("devices.revoke"), { model.askRevoke(device) })
            }
        }
    }
}
