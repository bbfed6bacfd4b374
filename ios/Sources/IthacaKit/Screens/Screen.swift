// The everyday screens, by the names and with the states that both phones share (screens.json; a test holds them together).

public enum Screen: String, Sendable, CaseIterable {
    case firstRun, recoveryWords, restore, newDevice, pairs, newPair, pairHome, pairState, notes, note, history, goals, goal, sessions, session
    case messages, search, cards, sync, visibility, settings, devices, trouble

    public var name: String { snake(rawValue) }

    public var states: [ScreenState] {
        switch self {
        case .firstRun, .history, .search: [.empty, .filled, .long, .error]
        case .recoveryWords, .restore, .newDevice, .newPair, .devices: [.empty, .filled, .offline, .error]
        case .pairs, .messages, .sync: [.empty, .filled, .long, .offline, .error]
        case .pairHome, .note, .session: [.empty, .filled, .long, .differing, .offline, .error]
        case .pairState, .visibility: [.empty, .filled, .error]
        case .notes, .goals, .goal, .sessions, .cards: [.empty, .filled, .long, .differing, .error]
        case .settings: [.filled, .offline, .error]
        case .trouble: [.filled, .error]
        }
    }
}

public enum ScreenState: String, Sendable, CaseIterable { case empty, filled, long, differing, offline, error }
