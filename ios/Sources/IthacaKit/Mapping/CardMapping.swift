// The core's records of card as app types, and back.
import Foundation
internal import IthacaBindings

extension DifferValue {
    init(_ v: IthacaBindings.ValueView) {
        self.init(
            words: v.words,
            person: v.person.map(Who.init),
            by: v.by.map(Who.init),
            at: Date(ms: v.atMs),
            reason: v.reason)
    }
}

extension Differ {
    init(_ v: IthacaBindings.DifferView) {
        self.init(
            field: v.field,
            values: v.values.map(DifferValue.init))
    }
}

extension CardNoun {
    init(_ v: IthacaBindings.CardNoun) {
        self = switch v {
        case .note: .note
        case .session: .session
        case .goal: .goal
        case .milestone: .milestone
        case .action: .action
        case .relationship: .relationship
        case .other: .other
        }
    }
}

extension Card {
    init(_ v: IthacaBindings.CardView) {
        self.init(
            id: CardId(v.card),
            space: SpaceId(v.space),
            noun: CardNoun(v.noun),
            title: v.title,
            field: v.field,
            values: v.values.map(DifferValue.init),
            shown: v.shown.map(Int.init),
            meanwhile: v.meanwhile,
            onlyMine: v.onlyMine)
    }
}
