// Everybody this person works with; what waits to be answered or approved; what should be known once.
import Observation

@MainActor
@Observable
public final class PairsModel: ScreenModel {
    public private(set) var pairs: [PairLine] = []
    public private(set) var invites: [Invite] = []
    public private(set) var notices: [Notice] = []
    private var kinds: [SpaceId: String] = [:]

    override public class var screen: Screen { .pairs }
    override var isEmpty: Bool { pairs.isEmpty && waiting.isEmpty }
    override var isLong: Bool { pairs.count > Self.many }

    public init(client: any Client, here: Here) { super.init(client, here) }

    override func isAbout(_ change: Change) -> Bool {
        switch change {
        case .content, .whereabouts: false
        default: true
        }
    }

    override func load() async {
        await attempt {
            pairs = try await client.pairs()
            (invites, notices) = (try await client.invites(), try await client.notices())
            for pair in pairs { kinds[pair.space] = try await client.relationship(pair.space).kind }
        }
    }

    public var empty: String { words("pairs.empty") }
    public var example: String { words("pairs.empty_example") }
    public var offlineLine: String? { online ? nil : words("pairs.offline") }

    public func line(_ pair: PairLine) -> String {
        guard pair.state == .running else { return words.of("state", pair.state) }
        return words("pair_home.line", ["kind": words.kind(kinds[pair.space]), "stage": words.of("stage", pair.stage)])
    }

    /// Invitations that somebody has to do something about, or to wait for.
    public var waiting: [Invite] { invites.filter { $0.state == .open || $0.state == .answered } }

    public func line(_ invite: Invite) -> String {
        if let answer = invite.answers.first, invite.mine { return words("pairs.answered", ["name": answer.name]) }
        return invite.mine ? words("pairs.open_invite", ["day": here.plain(invite.expires)]) : words("pairs.waiting")
    }

    public func line(_ notice: Notice) -> String {
        words.notice(notice, name: pairs.first { $0.space == notice.space }?.other.name ?? words("history.somebody"))
    }

    public func seen(_ notice: Notice) async {
        await attempt { try await client.dismiss(notice) }
        await load()
    }
}
