// Own devices: the list, letting a new one in, ending one that was lost.
import Observation

@MainActor
@Observable
public final class DevicesModel: ScreenModel {
    public private(set) var devices: Devices?
    /// A device that is about to be revoked.
    public private(set) var leaving: OwnDevice?
    /// Why what the camera read is of no use here.
    public private(set) var scanLine: String?
    public var code = ""
    public var relay = ""

    override public class var screen: Screen { .devices }
    override var isEmpty: Bool { devices.map { $0.devices.count < 2 && $0.comers.isEmpty } ?? true }
    override func isAbout(_ change: Change) -> Bool { change == .invites || change == .engine }

    public init(client: any Client, here: Here) { super.init(client, here) }

    override func load() async {
        if let devices = await attempt({ try await client.devices() }) { self.devices = devices }
    }

    public var empty: String { words("devices.only") }
    public var offlineLine: String? { online ? nil : words("devices.offline") }
    public var four: String { words("devices.four", ["words": devices?.fourWords ?? ""]) }
    public func name(_ device: OwnDevice) -> String { given(device.name) ?? words("devices.unnamed") }
    public func mark(_ device: OwnDevice) -> String? {
        device.revoked ? words("devices.revoked") : device.thisOne ? words("devices.this") : nil
    }
    public func canRevoke(_ device: OwnDevice) -> Bool { !device.thisOne && !device.revoked }
    public func canApprove(_ comer: Comer) -> Bool { comer.state == .asking && !busy }
    public func approveLabel(_ comer: Comer) -> String { words("devices.approve", ["name": comer.name]) }

    public func line(_ comer: Comer) -> String {
        switch comer.state {
        case .waiting: words("devices.comer_waiting", ["name": comer.name])
        case .asking: words("devices.comer", ["name": comer.name, "words": comer.words])
        case .offered: words("devices.comer_offered", ["name": comer.name])
        case .added: words("devices.comer_added", ["name": comer.name])
        case .lapsed: words("devices.comer_lapsed", ["name": comer.name])
        }
    }

    public var canScan: Bool { !busy && given(code) != nil }

    /// Takes the code that the new device shows, typed or scanned. What was typed stays where it is none.
    public func scan() async {
        guard let code = given(code) else { return }
        let relay = given(relay)
        guard await attempt({ try await client.scanDevice(code, relay: relay) }) != nil else { return }
        (self.code, self.relay) = ("", "")
        await load()
    }

    /// What a camera read. A picture of something else changes nothing.
    public func scanned(_ text: String) async {
        scanLine = nil
        switch Scanned(text) {
        case .newDevice(let code):
            self.code = code
            await scan()
        case .invitation, .other: scanLine = words("scan.no_device")
        }
    }

    public func approve(_ comer: Comer) async {
        if await attempt({ try await client.approveDevice(comer.id) }) != nil { await load() }
    }

    public func rename(_ device: OwnDevice, _ name: String) async {
        if await attempt({ try await client.nameDevice(device.id, name: name) }) != nil { await load() }
    }

    public func ask(_ device: OwnDevice) { leaving = canRevoke(device) ? device : nil }
    public func keep() { leaving = nil }
    public var revokeAbout: String? { leaving.map { words("devices.revoke_about", ["name": name($0)]) } }

    public func revoke() async {
        guard let device = leaving else { return }
        guard await attempt({ try await client.revokeDevice(device.id) }) != nil else { return }
        leaving = nil
        await load()
    }
}
