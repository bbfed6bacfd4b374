// Sync: this phone, the relay, the other phone; the state code; syncing now, which is never needed.
import Observation

@MainActor
@Observable
public final class SyncModel: ScreenModel {
    public private(set) var status: Status?
    public private(set) var app: AppState
    public private(set) var outcome: SyncOutcome?

    override public class var screen: Screen { .sync }
    override var isEmpty: Bool { pairs.isEmpty }
    override var isLong: Bool { pairs.count > Self.many / 2 }
    override func isAbout(_ change: Change) -> Bool { change != .notices && change != .invites }

    public init(client: any Client, here: Here) {
        app = client.state()
        super.init(client, here)
    }

    override func load() async {
        app = client.state()
        if let status = await attempt({ try await client.status() }) { self.status = status }
    }

    public var empty: String { words("sync.empty") }
    public var example: String { words("sync.empty_example") }
    public var pairs: [SpaceStatus] { (status?.spaces ?? []).filter { !$0.isPrivate } }
    public var own: SpaceStatus? { status?.spaces.first(where: \.isPrivate) }
    public var isRunning: Bool { app.syncing }
    public var canSync: Bool { !app.syncing }
    public var trouble: String? { app.trouble == nil ? nil : words("sync.trouble") }

    public var line: String {
        if app.syncing { return words("sync.running") }
        if !online { return words("sync.offline") }
        return app.lastSync.map { words("sync.last", ["when": here.ago($0.at)]) } ?? words("sync.never")
    }

    public func thisPhone(_ space: SpaceStatus) -> String {
        space.foot.here == 0 ? words("sync.this_all") : words.n("sync.this_waits", space.foot.here)
    }

    public func relay(_ space: SpaceStatus) -> String {
        guard let relays = status?.relays, !relays.isEmpty else { return words("sync.relay_none") }
        if let silent = relays.first(where: { $0.trouble != nil }) {
            guard let again = silent.again else { return words("sync.relay_quiet", ["relay": silent.origin]) }
            return words("sync.relay_again", ["relay": silent.origin, "time": here.time(again)])
        }
        return space.foot.onRelay == 0
            ? words("sync.relay_all") : words.n("sync.relay_waits", space.foot.onRelay, ["name": space.foot.name])
    }

    public func otherPhone(_ space: SpaceStatus) -> String {
        if let since = space.foot.unconfirmedSince { return words("sync.other_since", ["day": here.plain(since)]) }
        return space.foot.heardAt.map { words("sync.other_heard", ["when": here.ago($0)]) } ?? words("sync.other_never")
    }

    public func code(_ space: SpaceStatus) -> String { words("sync.code", ["code": space.stateCode]) }
    public func codeWords(_ space: SpaceStatus) -> String { words("sync.code_words", ["words": space.stateWords]) }

    /// What is not as it should be, and that nothing is lost by it.
    public func oddities(_ space: SpaceStatus) -> [String] {
        [
            space.setAside > 0 ? words.n("sync.aside", space.setAside) : nil,
            space.knownMissing > 0 ? words.n("sync.missing", space.knownMissing) : nil,
        ].compactMap { $0 }
    }

    public func sync() async {
        outcome = await attempt { try await client.sync() }
        await read()
    }

    public func stop() async { await attempt { try await client.stopWaiting() } }
}
