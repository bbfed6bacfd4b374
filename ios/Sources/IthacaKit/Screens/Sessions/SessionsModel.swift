// The sessions of a pair: ahead, behind, in the bin; two that may be one meeting.
import Observation

@MainActor
@Observable
public final class SessionsModel: ScreenModel {
    public let space: SpaceId
    public private(set) var sessions = Sessions(lines: [], bin: [], sameMeeting: [])
    public var title = ""
    public var day: Day?

    override public class var screen: Screen { .sessions }
    override var isEmpty: Bool { sessions.lines.isEmpty }
    override var isLong: Bool { sessions.lines.count > Self.many }
    override var isDiffering: Bool { sessions.lines.contains(where: \.differs) || !sessions.sameMeeting.isEmpty }
    override func isAbout(_ change: Change) -> Bool { change == .content(space) }

    public init(client: any Client, here: Here, space: SpaceId) {
        self.space = space
        super.init(client, here)
    }

    override func load() async {
        if let sessions = await attempt({ try await client.sessions(space) }) { self.sessions = sessions }
    }

    public var empty: String { words("sessions.empty") }
    public var example: String { words("sessions.empty_example") }
    public var ahead: [SessionLine] { sessions.lines.filter { $0.state == .planned && ($0.day ?? here.today) >= here.today } }
    public var past: [SessionLine] { sessions.lines.filter { line in !ahead.contains { $0.id == line.id } }.reversed() }

    public func title(_ line: SessionLine) -> String { given(line.title) ?? words("notes.untitled") }
    public func when(_ line: SessionLine) -> String {
        let day = line.agreed.map(here.dayAndTime) ?? line.day.map(here.day) ?? words("common.no_day")
        return line.state == .planned ? day : words("session.state_line", ["state": words.of("session_state", line.state), "day": day])
    }
    public func ready(_ line: SessionLine) -> String? { line.ready.isEmpty ? nil : words.n("sessions.ready", line.ready.count) }

    public var canPlan: Bool { !busy && given(title) != nil }
    public func plan() async -> SessionId? {
        guard let title = given(title) else { return nil }
        let day = day
        guard let session = await attempt({ try await client.planSession(space, title: title, day: day) }) else { return nil }
        (self.title, self.day) = ("", nil)
        await load()
        return session
    }

    public var same: [(one: SessionLine, other: SessionLine)] {
        sessions.sameMeeting.compactMap { group in
            let found = group.compactMap { id in sessions.lines.first { $0.id == id } }
            return found.count > 1 ? (found[0], found[1]) : nil
        }
    }
    public func about(_ pair: (one: SessionLine, other: SessionLine)) -> String {
        words("sessions.same_about", ["day": pair.one.day.map(here.plain) ?? words("common.no_day")])
    }

    public func same(_ pair: (one: SessionLine, other: SessionLine), _ same: Bool) async {
        if await attempt({ try await client.sameMeeting(space, pair.one.id, pair.other.id, same: same) }) != nil { await load() }
    }

    public func restore(_ line: SessionLine) async {
        if await attempt({ try await client.editSession(space, line.id, [.restore]) }) != nil { await load() }
    }
}
