// What screens ask of the core, in app types. `CoreClient` asks the library; `FakeClient` keeps everything in memory.
import Foundation

/// One person's device. What writes is kept when the call returns. A task that is cancelled loses the answer, never the work: what has to end
/// a long wait is `stopWaiting`.
public protocol Client: Sendable {
    /// What is known without asking the engine.
    func state() -> AppState
    /// What changes from now on; `.everything` first.
    func changes() -> Changes

    // The engine
    func suspendEngine() async throws(IthacaFault)
    func resumeEngine() async throws(IthacaFault)
    func shutDown() async throws(IthacaFault)
    func connectivityChanged() async throws(IthacaFault)
    func watchRelays(_ on: Bool) async throws(IthacaFault)

    // Syncing, and what is where
    func sync() async throws(IthacaFault) -> SyncOutcome
    func stopWaiting() async throws(IthacaFault)
    func status() async throws(IthacaFault) -> Status
    func foot(_ space: SpaceId) async throws(IthacaFault) -> Foot
    func notices() async throws(IthacaFault) -> [Notice]
    func dismiss(_ notice: Notice) async throws(IthacaFault)
    func doctor() async throws(IthacaFault) -> [Finding]
    func visibility(_ space: SpaceId) async throws(IthacaFault) -> Visibility
    func upcoming(from today: Day, until: Day) async throws(IthacaFault) -> [Upcoming]

    // Pairs
    func pairs() async throws(IthacaFault) -> [PairLine]
    func home(_ space: SpaceId, today: Day) async throws(IthacaFault) -> Home
    func relationship(_ space: SpaceId) async throws(IthacaFault) -> Relationship
    func personalSpace() async throws(IthacaFault) -> SpaceId
    func editPair(_ space: SpaceId, _ edits: [PairEdit]) async throws(IthacaFault)
    func invite() async throws(IthacaFault) -> Invite
    func answerInvite(_ text: String, relay: String?) async throws(IthacaFault) -> Invite
    func invites() async throws(IthacaFault) -> [Invite]
    func approveAnswer(_ invite: InviteId, person: PersonId) async throws(IthacaFault) -> SpaceId
    func withdrawInvite(_ invite: InviteId) async throws(IthacaFault)
    func compared(_ space: SpaceId, how: Compared) async throws(IthacaFault)
    func proposeStage(_ space: SpaceId, _ stage: Stage) async throws(IthacaFault)
    func agreeToStage(_ space: SpaceId) async throws(IthacaFault)
    func pausePair(_ space: SpaceId, reason: String?) async throws(IthacaFault)
    func resumePair(_ space: SpaceId, reason: String?) async throws(IthacaFault)
    func endPair(_ space: SpaceId, reason: String?) async throws(IthacaFault)
    func leavePair(_ space: SpaceId) async throws(IthacaFault)
    func block(_ space: SpaceId, on: Bool) async throws(IthacaFault)
    /// The other is told how far this person read, or not any more.
    func tellWhatIsRead(_ space: SpaceId, on: Bool) async throws(IthacaFault)
    /// Keeps the pair at these relays. One falls away only when every device has heard of another: refused before.
    func keepAt(_ space: SpaceId, _ relays: [String]) async throws(IthacaFault)
    func rescueFile(_ space: SpaceId) async throws(IthacaFault) -> Data

    // Notes
    func notes(_ filter: NoteFilter, offset: Int, limit: Int) async throws(IthacaFault) -> Page<NoteLine>
    func note(_ space: SpaceId, _ note: NoteId) async throws(IthacaFault) -> Note
    func newNote(_ space: SpaceId, title: String) async throws(IthacaFault) -> NoteId
    func newPrivateNote(_ pair: SpaceId?, title: String) async throws(IthacaFault) -> NoteId
    func editNote(_ space: SpaceId, _ note: NoteId, _ edits: [NoteEdit]) async throws(IthacaFault)
    func notHolding(_ space: SpaceId, _ note: NoteId) async throws(IthacaFault) -> [Who]
    func deleteForGood(_ space: SpaceId, _ note: NoteId) async throws(IthacaFault)
    func placeOf(_ space: SpaceId, document: String) async throws(IthacaFault) -> Whereabouts

    // Text
    func openText(_ space: SpaceId, _ place: TextPlace) async throws(IthacaFault) -> OpenText
    func typeIn(_ session: TextSessionId, _ input: TextInput) async throws(IthacaFault) -> TextState
    func refreshText(_ session: TextSessionId, seen: UInt64) async throws(IthacaFault) -> TextState
    func undoText(_ session: TextSessionId, seen: UInt64) async throws(IthacaFault) -> TextState
    func redoText(_ session: TextSessionId, seen: UInt64) async throws(IthacaFault) -> TextState
    func closeText(_ session: TextSessionId) async throws(IthacaFault)
    func widenedInput(_ session: TextSessionId, _ input: TextInput) async throws(IthacaFault) -> TextInput
    func chooseWords(_ space: SpaceId, _ place: TextPlace, run: String) async throws(IthacaFault)

    // Goals and promises
    func goals(_ space: SpaceId, bin: Bool) async throws(IthacaFault) -> [Goal]
    func goal(_ space: SpaceId, _ goal: GoalId) async throws(IthacaFault) -> Goal
    func newGoal(_ space: SpaceId, _ draft: GoalDraft) async throws(IthacaFault) -> GoalId
    func newMilestone(_ space: SpaceId, _ goal: GoalId, text: String) async throws(IthacaFault) -> ItemId
    func newAction(_ space: SpaceId, _ draft: ActionDraft) async throws(IthacaFault) -> ItemId
    func editGoals(_ space: SpaceId, _ edits: [GoalEdit]) async throws(IthacaFault)
    func setGoalStatus(_ space: SpaceId, _ goal: GoalId, _ status: GoalStatus, reason: String?) async throws(IthacaFault)
    func actions(_ space: SpaceId) async throws(IthacaFault) -> Actions

    // Sessions
    func sessions(_ space: SpaceId) async throws(IthacaFault) -> Sessions
    func session(_ space: SpaceId, _ session: SessionId) async throws(IthacaFault) -> Session
    func planSession(_ space: SpaceId, title: String, day: Day?, _ edits: [SessionEdit]) async throws(IthacaFault) -> SessionId
    func editSession(_ space: SpaceId, _ session: SessionId, _ edits: [SessionEdit]) async throws(IthacaFault)
    func setSessionState(_ space: SpaceId, _ session: SessionId, _ state: SessionState, reason: String?) async throws(IthacaFault)
    func sameMeeting(_ space: SpaceId, _ one: SessionId, _ other: SessionId, same: Bool) async throws(IthacaFault)
    func prompts(_ space: SpaceId, _ form: SessionForm) async throws(IthacaFault) -> [Prompt]
    func submitForm(_ space: SpaceId, _ session: SessionId, _ form: SessionForm, _ answers: [Answer], today: Day, alone: Bool) async throws(IthacaFault)
    func keepMinutes(_ space: SpaceId, _ session: SessionId, text: String, alone: Bool) async throws(IthacaFault)

    // Messages
    func messages(_ space: SpaceId, before: UInt64?, limit: Int) async throws(IthacaFault) -> Messages
    func say(_ space: SpaceId, _ text: String, reply: MessageId?) async throws(IthacaFault) -> MessageId
    func reword(_ space: SpaceId, _ message: MessageId, text: String) async throws(IthacaFault)
    func withdrawMessage(_ space: SpaceId, _ message: MessageId) async throws(IthacaFault)
    func react(_ space: SpaceId, _ message: MessageId, emoji: String, on: Bool) async throws(IthacaFault)
    /// This person read up to a message; the other is told where that is wanted.
    func readTo(_ space: SpaceId, _ message: MessageId) async throws(IthacaFault)

    // You two differ, finding, looking back
    func cards(_ space: SpaceId) async throws(IthacaFault) -> [Card]
    func keepValue(_ card: Card, _ index: Int) async throws(IthacaFault)
    func search(_ query: String, space: SpaceId?, limit: Int) async throws(IthacaFault) -> [Found]
    func history(_ space: SpaceId, document: String, item: ItemId?) async throws(IthacaFault) -> [HistoryLine]
    func insights(_ space: SpaceId, last n: Int) async throws(IthacaFault) -> Insights

    // Settings, out and in
    func setRelay(_ address: String, account: String?) async throws(IthacaFault) -> String
    func relay() async throws(IthacaFault) -> String?
    func setting(_ name: String) async throws(IthacaFault) -> String?
    func keepSetting(_ name: String, _ value: String) async throws(IthacaFault)
    /// Words that this person began under a name and gave nobody yet, here or on another own device; empty where there are none.
    func draft(_ name: String) async throws(IthacaFault) -> String
    /// Keeps such words on this device; empty once they were given away.
    func keepDraft(_ name: String, _ text: String) async throws(IthacaFault)
    /// Lets this person's other devices have what was kept; no partner does.
    func tellDraft(_ name: String) async throws(IthacaFault)
    func exportSpace(_ space: SpaceId, _ form: ExportForm) async throws(IthacaFault) -> String
    func importFile(_ path: String) async throws(IthacaFault) -> Imported

    // Own devices and recovery words
    func devices() async throws(IthacaFault) -> Devices
    func scanDevice(_ text: String, relay: String?) async throws(IthacaFault) -> Comer
    func approveDevice(_ comer: String) async throws(IthacaFault)
    func nameDevice(_ device: DeviceId, name: String) async throws(IthacaFault)
    func revokeDevice(_ device: DeviceId) async throws(IthacaFault)
    func wordsStatus() async throws(IthacaFault) -> WordsStatus
    func newWords(old: String?) async throws(IthacaFault) -> NewWords
    func checkWords(_ words: String) async throws(IthacaFault) -> WordsCheck
    func agreeToWords() async throws(IthacaFault)
}

extension Client {
    public func states() -> States { States(client: self, changes: changes()) }
}
