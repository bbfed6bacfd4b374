// The home of a pair: what did we promise each other, and is my writing safe.
import Foundation
import Observation

@MainActor
@Observable
public final class PairHomeModel: ScreenModel {
    public let space: SpaceId
    public private(set) var home: Home?
    /// What the person is about to promise.
    public var promise = ""

    override public class var screen: Screen { .pairHome }
    override func isAbout(_ change: Change) -> Bool { change.isOf(space) || change == .engine }

    public init(client: any Client, here: Here, space: SpaceId) {
        self.space = space
        super.init(client, here)
    }

    override func load() async {
        if let home = await attempt({ try await client.home(space, today: here.today) }) { self.home = home }
    }

    override var isEmpty: Bool {
        guard let home else { return true }
        return home.next == nil && home.promised.isEmpty && home.goals.isEmpty && home.latest.isEmpty && home.cards.isEmpty
    }

    override var isDiffering: Bool { home?.cards.isEmpty == false }
    override var isLong: Bool { home.map { $0.promised.count + $0.goals.count > Self.many } ?? false }

    public var name: String { home?.pair.other.name ?? "" }
    public var line: String {
        home.map { words("pair_home.line", ["kind": words.kind($0.kind), "stage": words.of("stage", $0.pair.stage)]) } ?? ""
    }

    /// Said at the top where it is not an ordinary day between two people.
    public var standing: String? { home.flatMap { standingLine($0.pair, words) } }
    public var canWrite: Bool { home.map { isWritable($0.pair.state) } ?? false }

    public var mustCompare: String? {
        home.flatMap { $0.pair.mustCompare ? words("pair_home.must_compare", ["name": $0.pair.other.name]) : nil }
    }

    public var proposed: [String] {
        (home?.pair.proposed ?? []).map {
            let stage = words.of("stage", $0.stage)
            return $0.by.me
                ? words("pair_home.proposed_you", ["stage": stage, "name": name]) : words("pair_home.proposed", ["name": $0.by.name, "stage": stage])
        }
    }

    // MARK: the next session

    public var next: SessionLine? { home?.next }
    public var nextWhen: String? {
        next.map { $0.agreed.map(here.dayAndTime) ?? $0.day.map(here.day) ?? words("common.no_day") }
    }

    /// Whether each of the two has filled the check-in before.
    public var readiness: [String] {
        guard let next else { return [] }
        let (me, other) = (next.ready.contains(where: \.me), next.ready.contains { !$0.me })
        return [
            words(me ? "pair_home.ready_you" : "pair_home.not_ready_you"),
            words(other ? "pair_home.ready" : "pair_home.not_ready", ["name": name]),
        ]
    }

    // MARK: what was promised

    public var promised: [Action] { home?.promised ?? [] }
    public func owner(_ action: Action) -> String {
        action.owners.contains(where: \.me) ? words("pair_home.promise_mine") : words("pair_home.promise_by", ["name": words.names(action.owners)])
    }
    public func due(_ action: Action) -> String? { action.due.map { words("pair_home.due", ["day": here.day($0)]) } }
    public func tickLabel(_ action: Action) -> String {
        words(action.done.contains(where: \.by.me) ? "pair_home.untick" : "pair_home.tick", ["what": action.text])
    }

    public func tick(_ action: Action) async {
        let date = action.done.contains(where: \.by.me) ? nil : here.today
        if await attempt({ try await client.editGoals(space, [.ticked(action.id, date: date)]) }) != nil { await load() }
    }

    public var canPromise: Bool { !busy && canWrite && given(promise) != nil }
    public func keepPromise() async {
        guard canPromise, let text = given(promise) else { return }
        let draft = ActionDraft(text: text, owners: [client.state().person])
        guard await attempt({ try await client.newAction(space, draft) }) != nil else { return }
        promise = ""
        await load()
    }

    // MARK: goals, the latest, what differs, how far it came

    public var goals: [Goal] { home?.goals ?? [] }
    public func bar(_ goal: Goal) -> (words: String, part: Double) {
        let parts = ["title": goal.title.words, "done": String(goal.done), "of": String(goal.of)] as KeyValuePairs
        return (words("pair_home.goal_bar", parts), goal.of == 0 ? 0 : Double(goal.done) / Double(goal.of))
    }

    public var latest: [Message] { home?.latest ?? [] }
    public var card: Card? { home?.cards.first }
    public var moreCards: String? {
        let more = (home?.cards.count ?? 0) - 1
        return more > 0 ? words.n("pair_home.cards_more", more) : nil
    }

    public var foot: String { home.map { footLine($0.foot, here) } ?? "" }
}

extension Change {
    /// Whether it is about one space.
    func isOf(_ space: SpaceId) -> Bool {
        switch self {
        case .content(space), .members(space), .whereabouts(space): true
        default: false
        }
    }
}

/// One quiet line: what is not confirmed for days, else what waits, else that all is there.
func footLine(_ foot: Foot, _ here: Here) -> String {
    let (words, name) = (here.words, foot.name)
    if let since = foot.unconfirmedSince, here.now().timeIntervalSince(since) > 3 * 86_400 {
        return words("pair_home.foot_unconfirmed", ["name": name, "day": here.plain(since)])
    }
    if foot.here > 0 { return words.n("pair_home.foot_here", foot.here) }
    if foot.onRelay > 0 { return words.n("pair_home.foot_relay", foot.onRelay, ["name": name]) }
    if let heard = foot.heardAt, here.now().timeIntervalSince(heard) > 3 * 86_400 {
        return words("pair_home.foot_heard", ["name": name, "day": here.plain(heard)])
    }
    return words("pair_home.foot_all", ["name": name])
}

func standingLine(_ pair: PairLine, _ words: Words) -> String? {
    switch pair.state {
    case .running: nil
    case .paused: words("pair_state.paused_now")
    case .ended: words("pair_state.ended_now")
    case .left: words("pair_state.left_now")
    case .otherLeft: words("pair_state.other_left_now", ["name": pair.other.name])
    case .blocked: words("pair_state.blocked_now", ["name": pair.other.name])
    case .savedCopy: words("pair_state.saved_copy_now")
    }
}

func isWritable(_ state: PairState) -> Bool {
    switch state {
    case .left, .savedCopy, .otherLeft: false
    case .running, .paused, .ended, .blocked: true
    }
}
