// The core's records of found as app types, and back.
import Foundation
internal import IthacaBindings

extension FoundNoun {
    init(_ v: IthacaBindings.FoundNoun) {
        self = switch v {
        case .note: .note
        case .goal: .goal
        case .action: .action
        case .session: .session
        case .relationship: .relationship
        case .message: .message
        }
    }
}

extension Found {
    init(_ v: IthacaBindings.FoundView) {
        self.init(
            space: SpaceId(v.space),
            noun: FoundNoun(v.noun),
            id: v.id,
            excerpt: v.excerpt)
    }
}

extension HistoryDeed {
    init(_ v: IthacaBindings.HistoryDeed) {
        self = switch v {
        case .added: .added
        case .removed: .removed
        case .replaced: .replaced
        case .moved: .moved
        case .deleted: .deleted
        case .restored: .restored
        }
    }
}

extension HistoryLine {
    init(_ v: IthacaBindings.HistoryLine) {
        self.init(
            at: Date(ms: v.atMs),
            by: v.by.map(Who.init),
            item: v.item.map(ItemId.init),
            noun: v.noun,
            field: v.field,
            label: v.label,
            deed: HistoryDeed(v.deed),
            from: v.from,
            to: v.to,
            person: v.person.map(Who.init),
            afterEnd: v.afterEnd)
    }
}

extension Used {
    init(_ v: IthacaBindings.Used) {
        self.init(
            word: v.word,
            n: Int(v.n))
    }
}

extension Insights {
    init(_ v: IthacaBindings.InsightsView) {
        self.init(
            nSessions: Int(v.nSessions),
            techniques: v.techniques.map(Used.init),
            functions: v.functions.map(Used.init))
    }
}

extension ExportForm {
    init(_ v: IthacaBindings.ExportForm) {
        self = switch v {
        case .json: .json
        case .markdown: .markdown
        }
    }
}

extension Imported {
    init(_ v: IthacaBindings.ImportedView) {
        self.init(
            space: SpaceId(v.space),
            savedCopy: v.savedCopy,
            healed: Int(v.healed),
            others: Int(v.others),
            sameCode: v.sameCode)
    }
}

extension ExportForm {
    var core: IthacaBindings.ExportForm {
        switch self {
        case .json: .json
        case .markdown: .markdown
        }
    }
}
