// Who changed what and when, up to a day that a slider chooses.
import Observation

@MainActor
@Observable
public final class HistoryModel: ScreenModel {
    public let space: SpaceId
    public let document: String
    public let item: ItemId?
    public private(set) var lines: [HistoryLine] = []
    /// Nothing later than this day is shown; nil: everything.
    public var until: Day?

    override public class var screen: Screen { .history }
    override var isEmpty: Bool { lines.isEmpty }
    override var isLong: Bool { lines.count > Self.many }
    override func isAbout(_ change: Change) -> Bool { change.isOf(space) }

    public init(client: any Client, here: Here, space: SpaceId, document: String, item: ItemId? = nil) {
        (self.space, self.document, self.item) = (space, document, item)
        super.init(client, here)
    }

    override func load() async {
        if let lines = await attempt({ try await client.history(space, document: document, item: item) }) { self.lines = lines }
    }

    public var empty: String { words("history.empty") }

    /// Days on which something was changed, the first first.
    public var days: [Day] { Set(lines.map(day)).sorted() }
    private func day(_ line: HistoryLine) -> Day { Day(of: line.at, in: here.zone) }

    /// The newest first.
    public var shown: [HistoryLine] { lines.filter { until == nil || day($0) <= until! }.reversed() }
    public var span: String? {
        guard let first = days.first, let last = days.last, first != last else { return nil }
        return words("history.days", ["from": here.plain(first), "to": here.plain(last)])
    }

    public func when(_ line: HistoryLine) -> String { here.ago(line.at) + (line.afterEnd ? " · " + words("history.after_end") : "") }

    public func sentence(_ line: HistoryLine) -> String {
        let name = line.by.map(words.name) ?? words("history.somebody")
        let field = words.field(line.field)
        let value = { (text: String) in line.person?.name ?? self.words.value(text, field: line.field, self.here) }
        switch line.deed {
        case .added: return words("history.added", ["name": name, "field": field, "to": value(line.to)])
        case .removed: return words("history.removed", ["name": name, "field": field, "from": value(line.from)])
        case .replaced where line.from.isEmpty: return words("history.set", ["name": name, "field": field, "to": value(line.to)])
        case .replaced where line.to.isEmpty: return words("history.cleared", ["name": name, "field": field, "from": value(line.from)])
        case .replaced:
            return words("history.replaced", ["name": name, "field": field, "from": value(line.from), "to": value(line.to)])
        case .moved: return words("history.moved", ["name": name])
        case .deleted: return words("history.deleted", ["name": name])
        case .restored: return words("history.restored", ["name": name])
        }
    }
}
