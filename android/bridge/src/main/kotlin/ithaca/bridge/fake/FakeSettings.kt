package ithaca.bridge.fake

import ithaca.bridge.*

/** The fake's settings and drafts. What it gives out is only read by people, and it takes nothing in. */
internal class FakeSettings(private val world: FakeWorld) : SettingsCalls {
    override suspend fun setRelay(address: String, account: String?) = world.asked {
        if (!address.startsWith("https://") && !address.startsWith("http://127.0.0.1")) {
            throw IthacaFault.BadInput(InputSort.ADDRESS, "a relay's address looks like https://relay.example")
        }
        address.trimEnd('/').also { relay = it }
    }

    override suspend fun relay() = world.asked { relay }
    override suspend fun setting(name: String) = world.asked { settings[name] }
    override suspend fun keepSetting(name: String, value: String) = world.asked { settings[name] = value }
    override suspend fun draft(name: String) = world.asked { drafts[name].orEmpty() }
    override suspend fun keepDraft(name: String, text: String) = world.asked { drafts[name] = text }
    override suspend fun tellDraft(name: String) = world.asked { drafts[name]?.let { draftsTold[name] = it } ?: Unit }
    override suspend fun exportSpace(space: SpaceId, form: ExportForm) =
        world.asked { at(space).notes.values.joinToString("\n") { "# ${it.title}\n${it.body.words}" } }

    override suspend fun importFile(path: String): Imported =
        world.asked { throw IthacaFault.BadInput(InputSort.FILE, "file is no export of a space") }
}
