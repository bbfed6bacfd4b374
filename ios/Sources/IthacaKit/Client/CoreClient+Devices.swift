// Own devices and recovery words, of the library.
internal import IthacaBindings

extension CoreClient {
    public func devices() async throws(IthacaFault) -> Devices { try await asking { try await Devices(core.devices()) } }
    public func scanDevice(_ text: String, relay: String?) async throws(IthacaFault) -> Comer {
        try await asking { try await Comer(core.scanDevice(text: text, relay: relay)) }
    }

    public func approveDevice(_ comer: String) async throws(IthacaFault) { try await asking { try await core.approveDevice(comer: comer) } }
    public func nameDevice(_ device: DeviceId, name: String) async throws(IthacaFault) {
        try await asking { try await core.nameDevice(device: device.text, name: name) }
    }

    public func revokeDevice(_ device: DeviceId) async throws(IthacaFault) {
        try await asking { try await core.revokeDevice(device: device.text) }
    }

    public func wordsStatus() async throws(IthacaFault) -> WordsStatus { try await asking { try await WordsStatus(core.wordsStatus()) } }
    public func newWords(old: String?) async throws(IthacaFault) -> NewWords {
        try await asking { try await NewWords(core.newWords(old: old)) }
    }

    public func checkWords(_ words: String) async throws(IthacaFault) -> WordsCheck {
        try await asking { try await WordsCheck(core.checkWords(words: words)) }
    }

    public func agreeToWords() async throws(IthacaFault) { try await asking { try await core.agreeToWords() } }
}
