// A client that keeps everything in memory, for screens, previews and their tests: one person, as many partners as are put in. Merging, waiting
// for signal and time are not played: what is written is read back at once.
import Foundation

public actor FakeClient: Client {
    let personal = SpaceId("personal")
    var spaces: [FakeSpace]
    var settings: [String: String] = [:]
    var drafts: [String: String] = [:]
    /// What this person's other devices were told of drafts.
    var told: [String: String] = [:]
    var invited: [Invite] = []
    var noticed: [Notice] = []
    var typing: [TextSessionId: FakeTyping] = [:]
    var ownDevices: Devices
    var recovery = WordsStatus(made: false, tended: false, asksConsent: nil, waitsFor: 0)
    var relayAddress: String?
    var troubles: [Relay] = []
    var failing: IthacaFault?
    /// How far this person read, as screens said.
    var read: [SpaceId: MessageId] = [:]
    var time = Date(timeIntervalSince1970: 1_930_000_000)
    private var n = 0
    private let shown: Locked<AppState>
    private let listening = Locked<[Int: @Sendable ([Change]) -> Void]>([:])

    public init(name: String = "Ana") {
        let state = AppState(
            phase: .open, person: PersonId("me"), device: DeviceId("this"), name: name, online: true, syncing: false, lastSync: nil,
            trouble: nil)
        shown = Locked(state)
        spaces = [FakeSpace(personal, nil)]
        let this = OwnDevice(id: state.device, name: "Phone", thisOne: true, revoked: false)
        ownDevices = Devices(devices: [this], comers: [], fourWords: "amber boat cedar dune")
    }

    /// This person, as others see them.
    nonisolated var me: Who { Who(person: shown.now.person, name: shown.now.name, me: true) }

    public nonisolated func state() -> AppState { shown.now }

    public nonisolated func changes() -> Changes {
        let changes = Changes()
        let no = listening.use { all in
            let no = (all.keys.max() ?? 0) + 1
            all[no] = changes.teller()
            return no
        }
        changes.onStop { [listening] in listening.use { $0[no] = nil } }
        changes.teller()([.everything])
        return changes
    }

    /// How many listen.
    nonisolated var nListeners: Int { listening.now.count }

    nonisolated func tell(_ changes: Change...) {
        for tell in listening.now.values { tell(changes) }
    }

    nonisolated func become(_ change: (inout AppState) -> Void) {
        shown.use(change)
        tell(.engine)
    }

    func id(_ noun: String) -> String {
        n += 1
        return "\(noun)-\(n)"
    }

    /// Later each time, so that what was written last stands first.
    func now() -> Date {
        time += 1
        return time
    }

    /// Nothing is asked of an engine that does not run; a fault that a test put in comes once.
    func ask() throws(IthacaFault) {
        if let fault = failing {
            failing = nil
            throw fault
        }
        switch shown.now.phase {
        case .closed: throw .closed
        case .suspended: throw .suspended
        case .open: return
        }
    }

    func at(_ space: SpaceId) throws(IthacaFault) -> FakeSpace {
        try ask()
        return try found(space)
    }

    func found(_ space: SpaceId) throws(IthacaFault) -> FakeSpace {
        guard let found = spaces.first(where: { $0.id == space }) else { throw .notFound("relationship") }
        return found
    }

    func writable(_ space: SpaceId) throws(IthacaFault) -> FakeSpace {
        let found = try at(space)
        switch found.pair?.state {
        case .left: throw .readOnly(why: "you left this relationship")
        case .savedCopy: throw .readOnly(why: "it is a saved copy, opened for reading")
        default: return found
        }
    }

    func name(_ person: PersonId) -> Who {
        if person == me.person { return me }
        return spaces.compactMap(\.pair?.other).first { $0.person == person } ?? Who(person: person, name: "", me: false)
    }

    public func suspendEngine() throws(IthacaFault) {
        if shown.now.phase == .closed { throw .closed }
        become { $0.phase = .suspended }
    }

    public func resumeEngine() throws(IthacaFault) {
        if let fault = failing {
            failing = nil
            throw fault
        }
        if shown.now.phase == .closed { throw .closed }
        become { $0.phase = .open }
        tell(.everything)
    }

    public func shutDown() { become { $0.phase = .closed } }
    public func connectivityChanged() throws(IthacaFault) { try ask() }
    public func watchRelays(_ on: Bool) throws(IthacaFault) { try ask() }
}
