// The core's records of what is ahead as app types.
import Foundation
internal import IthacaBindings

extension Upcoming {
    init(_ v: IthacaBindings.Upcoming) {
        self.init(
            space: SpaceId(v.space),
            with: v.with,
            noun: ReminderNoun(v.noun),
            id: v.id,
            day: Day.read(v.day),
            at: v.atMs.map(Date.init(ms:)),
            words: v.words)
    }
}

extension ReminderNoun {
    init(_ v: IthacaBindings.ReminderNoun) {
        self = switch v {
        case .session: .session
        case .promise: .promise
        }
    }
}
