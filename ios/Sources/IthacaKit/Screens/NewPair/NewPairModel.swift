// A new pair: by a picture, a link or twelve words. Whoever invites approves who answered, after both compared a number.
import Observation

@MainActor
@Observable
public final class NewPairModel: ScreenModel {
    public private(set) var invites: [Invite] = []
    public private(set) var relayInUse: String?
    public private(set) var opened: SpaceId?
    public private(set) var joined = false
    /// Why what the camera read is of no use here.
    public private(set) var scanLine: String?
    public var relay = ""
    public var account = ""
    public var pasted = ""
    public var pastedRelay = ""

    override public class var screen: Screen { .newPair }
    override var isEmpty: Bool { invite == nil && !joined }
    override func isAbout(_ change: Change) -> Bool { change == .invites || change == .engine }

    public init(client: any Client, here: Here) { super.init(client, here) }

    override func load() async {
        await attempt { (invites, relayInUse) = (try await client.invites(), try await client.relay()) }
    }

    /// The invitation that is shown.
    public var invite: Invite? { invites.last { $0.mine && ($0.state == .open || $0.state == .answered) } }
    public var answers: [Answered] { invite?.answers ?? [] }
    public var needsRelay: Bool { loaded && relayInUse == nil }
    public var canInvite: Bool { !busy && relayInUse != nil && invite == nil }
    public var canKeepRelay: Bool { !busy && given(relay) != nil }
    public var canAnswer: Bool { !busy && given(pasted) != nil }
    public var offlineLine: String? { online ? nil : words("new_pair.offline") }
    public var until: String? { invite.map { words("new_pair.until", ["day": here.plain($0.expires)]) } }
    public var wordsRelay: String? { invite.map { words("new_pair.words_relay", ["relay": $0.relay]) } }
    public var joinedLine: String? { joined ? words("new_pair.joined") : nil }
    public func safety(_ answer: Answered) -> String { words("new_pair.safety", ["number": answer.safetyNumber]) }
    public func caution(_ answer: Answered) -> String? { answer.spoken ? words("new_pair.spoken") : nil }
    public func approveLabel(_ answer: Answered) -> String { words("new_pair.approve", ["name": answer.name]) }

    public func keepRelay() async {
        guard let address = given(relay) else { return }
        let account = given(account)
        if await attempt({ try await client.setRelay(address, account: account) }) != nil { await load() }
    }

    public func makeInvite() async {
        guard canInvite else { return }
        if await attempt({ try await client.invite() }) != nil { await load() }
    }

    public func approve(_ answer: Answered) async {
        guard let invite else { return }
        opened = await attempt { try await client.approveAnswer(invite.id, person: answer.person) }
        if opened != nil { await load() }
    }

    public func withdraw() async {
        guard let invite else { return }
        if await attempt({ try await client.withdrawInvite(invite.id) }) != nil { await load() }
    }

    /// Answers an invitation that was pasted, typed or scanned. What was pasted stays where it is none.
    public func answer() async {
        guard let text = given(pasted) else { return }
        let relay = given(pastedRelay)
        guard await attempt({ try await client.answerInvite(text, relay: relay) }) != nil else { return }
        (joined, pasted, pastedRelay) = (true, "", "")
        await load()
    }

    /// What a camera read. A picture of something else changes nothing.
    public func scanned(_ text: String) async {
        scanLine = nil
        switch Scanned(text) {
        case .invitation(let link):
            pasted = link
            await answer()
        case .newDevice, .other: scanLine = words("scan.no_invitation")
        }
    }
}
