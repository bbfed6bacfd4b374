// The core's records of note as app types, and back.
import Foundation
internal import IthacaBindings

extension NoteLine {
    init(_ v: IthacaBindings.NoteLine) {
        self.init(
            space: SpaceId(v.space),
            id: NoteId(v.note),
            title: v.title,
            beginning: v.beginning,
            date: Day.read(v.date),
            tags: v.tags,
            isPrivate: v.private,
            differs: v.differs,
            editedBy: v.editedBy.map(Who.init),
            editedAt: Date(ms: v.editedAtMs))
    }
}

extension Whereabouts {
    init(_ v: IthacaBindings.Place) {
        self = switch v {
        case .here: .here
        case .relay: .relay
        case .other: .other
        }
    }
}

extension Note {
    init(_ v: IthacaBindings.NoteView) {
        self.init(
            space: SpaceId(v.space),
            id: NoteId(v.note),
            title: v.title,
            date: Day.read(v.date),
            place: v.place,
            body: SharedText(v.body),
            tags: v.tags,
            functions: v.functions,
            links: v.links,
            isPrivate: v.private,
            alive: v.alive,
            kept: v.kept,
            differs: v.differs.map(Differ.init),
            editedBy: v.editedBy.map(Who.init),
            editedAt: Date(ms: v.editedAtMs),
            at: Whereabouts(v.at))
    }
}

extension NoteEdit {
    var core: IthacaBindings.NoteEdit {
        switch self {
        case .title(let title): .title(title: title)
        case .date(let date): .date(date: date?.text)
        case .place(let place): .place(place: place)
        case .tag(let tag, let on): .tag(tag: tag, on: on)
        case .function(let function, let on): .function(function: function, on: on)
        case .link(let link, let on): .link(link: link, on: on)
        case .delete: .delete
        case .restore: .restore
        }
    }
}

extension NoteFilter {
    var core: IthacaBindings.NoteFilter { .init(space: space?.text, withPrivate: withPrivate, tag: tag, bin: bin) }
}
