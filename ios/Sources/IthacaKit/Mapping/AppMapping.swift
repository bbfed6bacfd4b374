// The core's records of app as app types, and back.
import Foundation
internal import IthacaBindings

extension Who {
    init(_ v: IthacaBindings.Who) {
        self.init(
            person: PersonId(v.person),
            name: v.name,
            me: v.me)
    }
}

extension ProfileState {
    init(_ v: IthacaBindings.ProfileState) {
        self = switch v {
        case .none: .none
        case .joining: .joining
        case .ready: .ready
        }
    }
}

extension Phase {
    init(_ v: IthacaBindings.Phase) {
        self = switch v {
        case .open: .open
        case .suspended: .suspended
        case .closed: .closed
        }
    }
}

extension LastSync {
    init(_ v: IthacaBindings.LastSync) {
        self.init(
            at: Date(ms: v.atMs),
            reached: v.reached)
    }
}

extension AppState {
    init(_ v: IthacaBindings.Snapshot) {
        self.init(
            phase: Phase(v.phase),
            person: PersonId(v.person),
            device: DeviceId(v.device),
            name: v.name,
            online: v.online,
            syncing: v.syncing,
            lastSync: v.lastSync.map(LastSync.init),
            trouble: v.trouble)
    }
}

extension Change {
    init(_ v: IthacaBindings.Change) {
        self = switch v {
        case .everything: .everything
        case .content(let space): .content(SpaceId(space))
        case .members(let space): .members(SpaceId(space))
        case .whereabouts(let space): .whereabouts(SpaceId(space))
        case .invites: .invites
        case .notices: .notices
        case .engine: .engine
        }
    }
}
