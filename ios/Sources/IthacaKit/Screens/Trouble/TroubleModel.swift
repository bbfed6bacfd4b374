// Trouble on the way in: what is wrong, and each way out. No way out loses what is here.
import Observation

@MainActor
@Observable
public final class TroubleModel: DoorModel {
    public enum Way: Sendable, Hashable { case openAgain, restore, otherDevice }

    public let trouble: IthacaFault
    public private(set) var chosen: Way?

    override public class var screen: Screen { .trouble }

    public init(_ trouble: IthacaFault, _ door: any Door, _ here: Here) {
        self.trouble = trouble
        super.init(door, here)
    }

    private var key: String {
        switch trouble {
        case .locked, .vaultFailed, .vaultLost, .inUse, .storageFull, .storageCorrupt, .newerDatabase: trouble.key
        default: "other"
        }
    }

    public var what: String { words("trouble.\(key)") }
    public var way: String { words("trouble.\(key)_way") }

    public var ways: [Way] {
        switch trouble {
        case .vaultLost: [.restore, .otherDevice]
        case .storageCorrupt: [.openAgain, .restore, .otherDevice]
        case .newerDatabase: []
        default: [.openAgain]
        }
    }

    public func label(_ way: Way) -> String {
        switch way {
        case .openAgain: words("trouble.open_again")
        case .restore: words("trouble.restore")
        case .otherDevice: words("trouble.other_device")
        }
    }

    public func take(_ way: Way) async {
        switch way {
        case .openAgain: client = await attempt { try await door.open() }
        case .restore, .otherDevice:
            // What is here is kept aside: the sealed files may still be of use.
            if await attempt({ try door.setAside() }) != nil { chosen = way }
        }
    }

    public var keptAside: String? { chosen == nil ? nil : words("trouble.copy_kept") }

    override public var problem: String? {
        guard let fault else { return nil }
        if case .internal = fault, ways != [.openAgain] { return words("trouble.aside_failed") }
        return words.fault(fault)
    }
}
