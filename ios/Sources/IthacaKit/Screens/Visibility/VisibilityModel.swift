// What others can see: only you, you two, the relay, the programme. Computed, not written.
import Observation

@MainActor
@Observable
public final class VisibilityModel: ScreenModel {
    public struct Part: Sendable, Hashable {
        public let title: String
        public let lines: [String]
    }

    public let space: SpaceId
    public private(set) var seen: Visibility?

    override public class var screen: Screen { .visibility }
    override var isEmpty: Bool { seen.map { $0.shared == 0 && $0.privateNotes == 0 } ?? true }
    override func isAbout(_ change: Change) -> Bool { change == .content(space) || change == .members(space) || change == .invites }

    public init(client: any Client, here: Here, space: SpaceId) {
        self.space = space
        super.init(client, here)
    }

    override func load() async {
        if let seen = await attempt({ try await client.visibility(space) }) { self.seen = seen }
    }

    public var empty: String { words("visibility.empty") }

    public var parts: [Part] {
        guard let seen else { return [] }
        let relays = seen.relays.map { words("visibility.relay_sees", ["relay": $0]) }
        return [
            Part(
                title: words("visibility.you"),
                lines: [words.n("visibility.you_notes", seen.privateNotes), words.n("visibility.you_devices", seen.ownDevices)]),
            Part(
                title: words("visibility.two"),
                lines: [
                    words.n("visibility.two_shared", seen.shared), words("visibility.two_readers", ["names": words.names(seen.readers)]),
                ]),
            Part(title: words("visibility.relay"), lines: relays.isEmpty ? [words("visibility.relay_none")] : relays),
            Part(title: words("visibility.programme"), lines: [words("visibility.programme_none")]),
        ]
    }
}
