// Pairs, of the library.
import Foundation
internal import IthacaBindings

extension CoreClient {
    public func pairs() async throws(IthacaFault) -> [PairLine] { try await asking { try await core.pairs().map(PairLine.init) } }
    public func home(_ space: SpaceId, today: Day) async throws(IthacaFault) -> Home {
        try await asking { try await Home(core.pairHome(space: space.text, today: today.text)) }
    }

    public func relationship(_ space: SpaceId) async throws(IthacaFault) -> Relationship {
        try await asking { try await Relationship(core.relationship(space: space.text)) }
    }

    public func personalSpace() async throws(IthacaFault) -> SpaceId { try await asking { try await SpaceId(core.personalSpace()) } }
    public func editPair(_ space: SpaceId, _ edits: [PairEdit]) async throws(IthacaFault) {
        try await asking { try await core.editPair(space: space.text, edits: edits.map(\.core)) }
    }

    public func invite() async throws(IthacaFault) -> Invite { try await asking { try await Invite(core.invite()) } }
    public func answerInvite(_ text: String, relay: String?) async throws(IthacaFault) -> Invite {
        try await asking { try await Invite(core.answerInvite(text: text, relay: relay)) }
    }

    public func invites() async throws(IthacaFault) -> [Invite] { try await asking { try await core.invites().map(Invite.init) } }
    public func approveAnswer(_ invite: InviteId, person: PersonId) async throws(IthacaFault) -> SpaceId {
        try await asking { try await SpaceId(core.approveAnswer(invite: invite.text, person: person.text)) }
    }

    public func withdrawInvite(_ invite: InviteId) async throws(IthacaFault) {
        try await asking { try await core.withdrawInvite(invite: invite.text) }
    }

    public func compared(_ space: SpaceId, how: Compared) async throws(IthacaFault) {
        try await asking { try await core.compared(space: space.text, how: how.core) }
    }

    public func proposeStage(_ space: SpaceId, _ stage: Stage) async throws(IthacaFault) {
        try await asking { try await core.proposeStage(space: space.text, stage: stage.core) }
    }

    public func agreeToStage(_ space: SpaceId) async throws(IthacaFault) {
        try await asking { try await core.agreeToStage(space: space.text) }
    }

    public func pausePair(_ space: SpaceId, reason: String?) async throws(IthacaFault) {
        try await asking { try await core.pausePair(space: space.text, reason: reason) }
    }

    public func resumePair(_ space: SpaceId, reason: String?) async throws(IthacaFault) {
        try await asking { try await core.resumePair(space: space.text, reason: reason) }
    }

    public func endPair(_ space: SpaceId, reason: String?) async throws(IthacaFault) {
        try await asking { try await core.endPair(space: space.text, reason: reason) }
    }

    public func leavePair(_ space: SpaceId) async throws(IthacaFault) { try await asking { try await core.leavePair(space: space.text) } }
    public func block(_ space: SpaceId, on: Bool) async throws(IthacaFault) {
        try await asking { try await core.block(space: space.text, on: on) }
    }

    public func tellWhatIsRead(_ space: SpaceId, on: Bool) async throws(IthacaFault) {
        try await asking { try await core.tellWhatIsRead(space: space.text, on: on) }
    }

    public func keepAt(_ space: SpaceId, _ relays: [String]) async throws(IthacaFault) {
        try await asking { try await core.keepAt(space: space.text, relays: relays) }
    }

    public func rescueFile(_ space: SpaceId) async throws(IthacaFault) -> Data {
        try await asking { try await core.rescueFile(space: space.text) }
    }
}
