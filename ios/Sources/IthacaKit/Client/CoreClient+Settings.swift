// Settings, out and in, of the library.
internal import IthacaBindings

extension CoreClient {
    public func setRelay(_ address: String, account: String?) async throws(IthacaFault) -> String {
        try await asking { try await core.setRelay(address: address, account: account) }
    }

    public func relay() async throws(IthacaFault) -> String? { try await asking { try await core.relay() } }
    public func setting(_ name: String) async throws(IthacaFault) -> String? { try await asking { try await core.setting(name: name) } }
    public func keepSetting(_ name: String, _ value: String) async throws(IthacaFault) {
        try await asking { try await core.keepSetting(name: name, value: value) }
    }

    public func draft(_ name: String) async throws(IthacaFault) -> String { try await asking { try await core.draft(name: name) } }
    public func keepDraft(_ name: String, _ text: String) async throws(IthacaFault) {
        try await asking { try await core.keepDraft(name: name, text: text) }
    }
    public func tellDraft(_ name: String) async throws(IthacaFault) { try await asking { try await core.tellDraft(name: name) } }

    public func exportSpace(_ space: SpaceId, _ form: ExportForm) async throws(IthacaFault) -> String {
        try await asking { try await core.exportSpace(space: space.text, form: form.core) }
    }

    public func importFile(_ path: String) async throws(IthacaFault) -> Imported {
        try await asking { try await Imported(core.importFile(path: path)) }
    }
}
