// The core's records of device as app types, and back.
internal import IthacaBindings

extension OwnDevice {
    init(_ v: IthacaBindings.DeviceView) {
        self.init(
            id: DeviceId(v.device),
            name: v.name,
            thisOne: v.thisOne,
            revoked: v.revoked)
    }
}

extension ComerState {
    init(_ v: IthacaBindings.ComerState) {
        self = switch v {
        case .waiting: .waiting
        case .asking: .asking
        case .offered: .offered
        case .added: .added
        case .lapsed: .lapsed
        }
    }
}

extension Comer {
    init(_ v: IthacaBindings.ComerView) {
        self.init(
            id: v.id,
            name: v.name,
            words: v.words,
            state: ComerState(v.state))
    }
}

extension Devices {
    init(_ v: IthacaBindings.Devices) {
        self.init(
            devices: v.devices.map(OwnDevice.init),
            comers: v.comers.map(Comer.init),
            fourWords: v.fourWords)
    }
}

extension WordsStatus {
    init(_ v: IthacaBindings.WordsView) {
        self.init(
            made: v.made,
            tended: v.tended,
            asksConsent: v.asksConsent,
            waitsFor: Int(v.waitsFor))
    }
}

extension NewWords {
    init(_ v: IthacaBindings.NewWords) {
        self.init(
            words: v.words,
            relay: v.relay,
            waitsFor: Int(v.waitsFor))
    }
}

extension WordsCheck {
    init(_ v: IthacaBindings.WordsCheck) {
        self = switch v {
        case .notInForce: .notInForce
        case .inForce: .inForce
        case .ready: .ready
        case .notReady: .notReady
        }
    }
}

extension NewDeviceCode {
    init(_ v: IthacaBindings.NewDeviceCode) {
        self.init(
            code: v.code,
            words: v.words,
            relay: v.relay,
            fourWords: v.fourWords)
    }
}

extension PersonChoice {
    init(_ v: IthacaBindings.PersonChoice) {
        self.init(
            person: PersonId(v.person),
            fourWords: v.fourWords)
    }
}

extension NewDeviceStage {
    init(_ v: IthacaBindings.NewDeviceStage) {
        self = switch v {
        case .waiting: .waiting
        case .offered(let name, let words): .offered(name: name, words: words)
        case .agreed: .agreed
        case .ready: .ready
        }
    }
}
