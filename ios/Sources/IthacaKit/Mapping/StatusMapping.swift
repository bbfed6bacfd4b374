// The core's records of status as app types, and back.
import Foundation
internal import IthacaBindings

extension Foot {
    init(_ v: IthacaBindings.Foot) {
        self.init(
            name: v.name,
            here: Int(v.here),
            onRelay: Int(v.onRelay),
            heardAt: v.heardAtMs.map(Date.init(ms:)),
            unconfirmedSince: v.unconfirmedSinceMs.map(Date.init(ms:)))
    }
}

extension SpaceStatus {
    init(_ v: IthacaBindings.SpaceStatusView) {
        self.init(
            space: SpaceId(v.space),
            isPrivate: v.private,
            foot: Foot(v.foot),
            stateCode: v.stateCode,
            stateWords: v.stateWords,
            setAside: Int(v.setAside),
            unknownAuthor: Int(v.unknownAuthor),
            knownMissing: Int(v.knownMissing))
    }
}

extension Relay {
    init(_ v: IthacaBindings.RelayView) {
        self.init(
            origin: v.origin,
            trouble: v.trouble,
            again: v.againMs.map(Date.init(ms:)))
    }
}

extension Status {
    init(_ v: IthacaBindings.StatusView) {
        self.init(
            spaces: v.spaces.map(SpaceStatus.init),
            relays: v.relays.map(Relay.init))
    }
}

extension SyncOutcome {
    init(_ v: IthacaBindings.SyncOutcome) {
        self.init(
            at: Date(ms: v.atMs),
            offline: v.offline,
            noRelay: v.noRelay,
            relays: v.relays.map(Relay.init))
    }
}

extension Notice {
    init(_ v: IthacaBindings.NoticeView) {
        self.init(
            no: Int(v.no),
            space: v.space.map(SpaceId.init),
            kind: v.kind,
            at: Date(ms: v.atMs),
            words: v.words)
    }
}

extension Finding {
    init(_ v: IthacaBindings.FindingView) {
        self.init(
            good: v.good,
            what: v.what,
            words: v.words)
    }
}

extension Visibility {
    init(_ v: IthacaBindings.Visibility) {
        self.init(
            relays: v.relays,
            readers: v.readers.map(Who.init),
            ownDevices: Int(v.ownDevices),
            privateNotes: Int(v.privateNotes),
            shared: Int(v.shared))
    }
}
