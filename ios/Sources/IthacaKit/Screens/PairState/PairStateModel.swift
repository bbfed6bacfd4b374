// About a pair: who mentors on what, how often, the stage, the safety number; pausing, ending, leaving, blocking.
import Foundation
import Observation

@MainActor
@Observable
public final class PairStateModel: ScreenModel {
    /// What takes a second tap, since the other person sees it or it cannot be undone.
    public enum Step: String, Sendable, Hashable { case pause, resume, end, leave, block, unblock }

    public let space: SpaceId
    public private(set) var about: Relationship?
    public private(set) var asking: Step?
    /// A file with which the other comes back, for the system's sheet to hand on.
    public private(set) var rescueFile: URL?
    public var reason = ""
    public var topic = ""
    public var cadence = ""
    public var reachable = ""
    /// Another relay's address, as far as it is typed.
    public var relay = ""
    /// A relay that was to fall away, and stays until every device has heard of another.
    public private(set) var needed: String?

    override public class var screen: Screen { .pairState }
    override func isAbout(_ change: Change) -> Bool { change.isOf(space) }

    public init(client: any Client, here: Here, space: SpaceId) {
        self.space = space
        super.init(client, here)
    }

    override func load() async {
        guard let about = await attempt({ try await client.relationship(space) }) else { return }
        // What is being typed is not overwritten.
        if cadence == (self.about?.cadence ?? "") { cadence = about.cadence ?? "" }
        if reachable == mine(self.about) { reachable = mine(about) }
        self.about = about
    }

    private func mine(_ about: Relationship?) -> String { about?.people.first(where: \.who.me)?.reachable ?? "" }

    override var isEmpty: Bool { about.map { $0.roles.isEmpty && $0.kind == nil && $0.cadence == nil } ?? true }

    public var name: String { about?.pair.other.name ?? "" }
    public var standing: String? { about.flatMap { standingLine($0.pair, words) } }
    public var canWrite: Bool { about.map { isWritable($0.pair.state) } ?? false }

    // MARK: what both decide

    public static let kinds = [
        "formal", "informal", "peer", "situational", "supervisory", "flash", "reverse", "high-potential", "knowledge-transfer", "apprenticeship",
    ]

    public func edit(_ edit: PairEdit) async {
        if await attempt({ try await client.editPair(space, [edit]) }) != nil { await load() }
    }

    public func mentors(_ role: Role) -> String {
        role.mentor.me ? words("pair_state.mentors_you") : words("pair_state.mentors", ["name": role.mentor.name])
    }

    public var canAddTopic: Bool { !busy && canWrite && given(topic) != nil }
    public func addTopic(me: Bool) async {
        guard let topic = given(topic), let other = about?.pair.other.person else { return }
        await edit(.role(topic, mentor: me ? client.state().person : other))
        if fault == nil { self.topic = "" }
    }

    public func keepCadence() async { await edit(.cadence(given(cadence))) }
    public func keepReachable() async { await edit(.myReachable(given(reachable))) }
    public var reachableLabel: String { words("pair_state.reachable_you", ["name": name]) }
    public var theirReachable: String? {
        about?.people.first { !$0.who.me }?.reachable.map { words("pair_state.reachable", ["name": name]) + ": " + $0 }
    }

    // MARK: what both agreed, and the growth plan: texts to type in together

    public static let clauses = [
        "purpose", "answer_time", "out_of_reach", "confidentiality", "private_notes", "review", "ending", "notes_after",
    ]
    public static let sections = ["strengths", "gaps", "one_thing", "markers"]

    /// What can still be written about.
    public var openClauses: [String] { Self.clauses.filter { key in !(about?.clauses.contains { $0.title == key } ?? false) } }
    public var openSections: [String] { Self.sections.filter { key in !(about?.plan.contains { $0.title == key } ?? false) } }
    public func clause(_ title: String) -> String { words.plain("clause.\(title)", else: title) }
    public func section(_ title: String) -> String { words.plain("plan.\(title)", else: title) }
    public func field(_ clause: Clause) -> TextFieldModel { TextFieldModel(client, space, .clause(clause.id)) }
    public func planField(_ part: Clause) -> TextFieldModel { TextFieldModel(client, space, .plan(part.id)) }
    public func addClause(_ title: String) async { await edit(.addClause(title, text: "")) }
    public func addPlan(_ section: String) async { await edit(.addPlan(section, text: "")) }

    // MARK: the stage

    public var stage: String { about.map { words.of("stage", $0.pair.stage) } ?? "" }
    public var theirProposal: Stage? { about?.pair.proposed.last { !$0.by.me }?.stage }
    public var nextStage: Stage? {
        guard let stage = about?.pair.stage, let at = Stage.allCases.firstIndex(of: stage) else { return nil }
        return Stage.allCases.dropFirst(at + 1).first
    }
    public var agreeLabel: String? { theirProposal.map { words("pair_state.agree", ["stage": words.of("stage", $0)]) } }
    public var proposeLabel: String? {
        guard theirProposal == nil, canWrite else { return nil }
        return nextStage.map { words("pair_state.propose", ["stage": words.of("stage", $0)]) }
    }

    public func agree() async {
        if await attempt({ try await client.agreeToStage(space) }) != nil { await load() }
    }

    public func propose() async {
        guard let nextStage else { return }
        if await attempt({ try await client.proposeStage(space, nextStage) }) != nil { await load() }
    }

    // MARK: the safety number

    public var safety: String? { about?.pair.safetyNumber }
    public var compared: String {
        guard let pair = about?.pair, let how = pair.compared, let at = pair.comparedAt else { return words("pair_state.not_compared") }
        return words(how == .inPerson ? "pair_state.compared_in_person" : "pair_state.compared_spoken", ["day": here.plain(at)])
    }

    public func compared(_ how: Compared) async {
        if await attempt({ try await client.compared(space, how: how) }) != nil { await load() }
    }

    // MARK: what the other is told, and where the pair is kept

    public var receipts: String {
        words(about?.pair.receipts == true ? "pair_state.receipts_on" : "pair_state.receipts_off", ["name": name])
    }
    public var receiptsLabel: String {
        words(about?.pair.receipts == true ? "pair_state.receipts_stop" : "pair_state.receipts_tell", ["name": name])
    }
    public func turnReceipts() async {
        guard let on = about.map({ !$0.pair.receipts }) else { return }
        if await attempt({ try await client.tellWhatIsRead(space, on: on) }) != nil { await load() }
    }

    public var relays: [String] { about?.pair.relays ?? [] }
    public var canMove: Bool { canWrite && relays.count > 1 }
    public var neededLine: String? { needed.map { words("pair_state.keep_needed", ["relay": $0]) } }

    /// Kept at one relay more: everything goes there too.
    public func keepToo() async {
        guard let relay = given(relay) else { return }
        guard await attempt({ try await client.keepAt(space, relays + [relay]) }) != nil else { return }
        (self.relay, needed) = ("", nil)
        await load()
    }

    public func keepNoLonger(_ relay: String) async {
        needed = nil
        let rest = relays.filter { $0 != relay }
        let done: Bool? = await attempt {
            do {
                try await client.keepAt(space, rest)
                return true
            } catch IthacaFault.refused(why: _) {
                return false
            }
        }
        if done == false { needed = relay }
        if done == true { await load() }
    }

    // MARK: pausing, ending, leaving, blocking

    public var steps: [Step] {
        switch about?.pair.state {
        case .running: [.pause, .end, .leave, .block]
        case .paused: [.resume, .end, .leave, .block]
        case .ended: [.resume, .leave, .block]
        case .blocked: [.unblock, .leave]
        case .otherLeft: [.leave]
        case .left, .savedCopy, nil: []
        }
    }

    public func label(_ step: Step) -> String { words("pair_state.\(step.rawValue)") }
    public func ask(_ step: Step) { asking = step }
    public func think() { asking = nil }
    public var takesReason: Bool { asking == .pause || asking == .resume || asking == .end }
    public var consequence: String? {
        switch asking {
        case nil, .unblock: nil
        case let step?: words("pair_state.\(step.rawValue)_about", ["name": name])
        }
    }

    public func sure() async {
        guard let step = asking else { return }
        let reason = given(reason)
        let done: Void? = await attempt {
            switch step {
            case .pause: try await client.pausePair(space, reason: reason)
            case .resume: try await client.resumePair(space, reason: reason)
            case .end: try await client.endPair(space, reason: reason)
            case .leave: try await client.leavePair(space)
            case .block: try await client.block(space, on: true)
            case .unblock: try await client.block(space, on: false)
            }
        }
        guard done != nil else { return }
        (asking, self.reason) = (nil, "")
        await load()
    }

    public func makeRescue() async {
        rescueFile = await attempt {
            let sealed = try await client.rescueFile(space)
            return try Outgoing.file("\(name).rescue", sealed)
        }
    }
}
