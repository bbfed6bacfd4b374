package ithaca.bridge.fake

import ithaca.bridge.*

/** The fake's devices: this one, to which none is added. */
internal class FakeDevices(private val world: FakeWorld) : DeviceCalls {
    override suspend fun devices() =
        world.asked { Devices(listOf(OwnDevice(shown.value.device, "", true, false)), emptyList(), "one two three four") }

    override suspend fun scanDevice(text: String, relay: String?): Comer =
        world.asked { throw IthacaFault.BadInput(InputSort.CODE, "not the code of a new device") }

    override suspend fun approveDevice(comer: String) = world.asked { missing("device") }
    override suspend fun nameDevice(device: DeviceId, name: String) = world.asked {}
    override suspend fun revokeDevice(device: DeviceId) =
        world.asked { throw IthacaFault.Refused("a device is revoked from another one of yours, not from itself") }

    override suspend fun wordsStatus() = world.asked { WordsStatus(false, false, null, 0) }
    override suspend fun newWords(old: String?) = world.asked { NewWords("twelve words", relay, 0) }
    override suspend fun checkWords(words: String) = world.asked { WordsCheck.IN_FORCE }
    override suspend fun agreeToWords() = world.asked { missing("new words") }
}
