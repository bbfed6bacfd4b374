// This phone becomes another device of somebody: it shows a code, they agree on both, the rest comes by the relay.
import Observation

@MainActor
@Observable
public final class NewDeviceModel: DoorModel {
    public var relay = ""
    public var label = ""
    public private(set) var code: NewDeviceCode?
    public private(set) var stage: NewDeviceStage?
    private var joining: (any Joining)?

    override public class var screen: Screen { .newDevice }
    override var isEmpty: Bool { code == nil && given(relay) == nil }

    override public init(_ door: any Door, _ here: Here, online: Bool = true) { super.init(door, here, online: online) }

    public var canBegin: Bool { !busy && code == nil && given(relay) != nil && given(label) != nil }
    public var canAgree: Bool { if case .offered = stage { !busy } else { false } }
    public var isReady: Bool { stage == .ready }
    public var offlineLine: String? { online ? nil : words("new_device.offline") }

    public var line: String {
        switch stage {
        case nil, .waiting: words("new_device.waiting")
        case .offered(let name, _): words("new_device.offered", ["name": name])
        case .agreed: words("new_device.agreed")
        case .ready: words("new_device.ready")
        }
    }

    public var offeredWords: String? {
        if case .offered(_, let four) = stage { words("new_device.offered_words", ["words": four]) } else { nil }
    }

    public func begin() async {
        guard canBegin else { return }
        let (relay, label) = (trimmed(relay), trimmed(label))
        joining = await attempt { try await door.beginJoining(relay: relay, name: label) }
        await show()
    }

    /// Goes on where it was interrupted.
    public func goOn() async {
        joining = await attempt { try await door.goOnJoining() }
        await show()
    }

    private func show() async {
        guard let joining else { return }
        code = await attempt { try await joining.code() }
    }

    /// Asks the relay once: the screen asks again every few seconds while it is looked at. No signal is no trouble here.
    public func step() async {
        guard let joining else { return }
        do {
            stage = try await joining.step()
            (online, fault) = (true, nil)
        } catch .offline { online = false } catch .stopped {} catch { fault = error }
        if isReady { await enter() }
    }

    public func agree() async {
        guard let joining, canAgree else { return }
        if let stage = await attempt({ try await joining.agree() }) { self.stage = stage }
    }

    public func leave() async {
        joining?.stop()
        if let joining { await attempt { try await joining.leave() } }
        (joining, code, stage) = (nil, nil, nil)
    }

    private func enter() async {
        if let joining { await attempt { try await joining.leave() } }
        client = await attempt { try await door.open() }
    }
}
