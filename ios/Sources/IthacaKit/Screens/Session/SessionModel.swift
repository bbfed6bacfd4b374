// A session in four steps: before, during, after, harvest. Each collapses when it is done.
import Foundation
import Observation

@MainActor
@Observable
public final class SessionModel: ScreenModel {
    public enum Step: String, Sendable, CaseIterable { case before, during, after, harvest }

    public static let allTechniques = ["accompanying", "sowing", "catalyzing", "showing", "harvesting"]
    public static let allFunctions = [
        "role modeling", "acceptance", "counseling", "friendship", "sponsorship", "coaching", "exposure", "protection", "challenging assignments",
    ]

    public let space: SpaceId
    public let id: SessionId
    public private(set) var session: Session?
    public private(set) var prompts: [SessionForm: [Prompt]] = [:]
    public private(set) var other = ""
    /// What the person is answering, by form and prompt, until it is kept.
    public private(set) var drafts: [SessionForm: [String: Answer]] = [:]
    public private(set) var nothingAnswered = false
    /// What the person chose of a form: to keep it for themselves, or not.
    private var choices: [SessionForm: Bool] = [:]
    /// Steps that were opened or shut by hand.
    private var opened: [Step: Bool] = [:]
    public var point = ""
    public var promise = ""
    /// One's minutes as they are being written, until they are kept.
    private var typedMinutes: String?
    private var minutesChoice: Bool?
    let begun: Draft

    override public class var screen: Screen { .session }
    override var isEmpty: Bool { session.map { $0.forms.isEmpty && $0.agenda.isEmpty && $0.line.state == .planned } ?? true }
    override var isLong: Bool { session.map { $0.agenda.count > Self.many || $0.minutes.contains { $0.text.count > Self.manyLetters } } ?? false }
    override var isDiffering: Bool { session.map { $0.line.differs || !$0.differs.isEmpty || $0.documents.count > 1 } ?? false }
    override func isAbout(_ change: Change) -> Bool { change.isOf(space) }
    override func leave() async { await begun.leave() }

    public init(client: any Client, here: Here, space: SpaceId, session: SessionId) {
        (self.space, id, begun) = (space, session, Draft(client, "session.\(session.text)"))
        super.init(client, here)
    }

    override func load() async {
        await attempt {
            if let text = try await begun.begun() { take(BegunSession(text)) }
            let session = try await client.session(space, id)
            for form in SessionForm.allCases where prompts[form] == nil || session.mentor != self.session?.mentor {
                prompts[form] = try await client.prompts(space, form)
            }
            if other.isEmpty { other = try await client.foot(space).name }
            self.session = session
        }
    }

    private func take(_ begun: BegunSession) {
        drafts = begun.answers
        for form in begun.answers.keys { choices[form] = begun.alone.contains(form) }
        typedMinutes = begun.minutes
        if begun.minutes != nil { minutesChoice = begun.minutesAlone }
    }

    private var written: BegunSession {
        var begun = BegunSession()
        (begun.answers, begun.alone) = (drafts, Set(drafts.keys.filter { isAlone($0) }))
        (begun.minutes, begun.minutesAlone) = (typedMinutes, minutesAlone)
        return begun
    }

    override public var problem: String? { nothingAnswered ? words("session.nothing_answered") : super.problem }
    override public var state: ScreenState { nothingAnswered ? .error : super.state }
    override public func dismiss() {
        nothingAnswered = false
        super.dismiss()
    }

    // MARK: the four steps

    public func label(_ step: Step) -> String { words("session.\(step.rawValue)") }
    public func isDone(_ step: Step) -> Bool {
        switch step {
        case .before: mine(.before) != nil || session?.line.state != .planned
        case .during: session?.line.state != .planned
        case .after: mine(.after) != nil
        case .harvest: mine(.harvest) != nil
        }
    }
    /// What was opened or shut by hand stands; else the first that is not done is open.
    public func isOpen(_ step: Step) -> Bool { opened[step] ?? (Step.allCases.first { !isDone($0) } == step) }
    public func open(_ step: Step, _ on: Bool) { opened[step] = on }

    /// One's own answers: those that were told, or else those kept to oneself.
    public func mine(_ form: SessionForm) -> FilledForm? { told(form) ?? kept(form) }
    private func told(_ form: SessionForm) -> FilledForm? { session?.forms.first { $0.form == form && $0.by.me && !$0.alone } }
    public func kept(_ form: SessionForm) -> FilledForm? { session?.forms.first { $0.form == form && $0.by.me && $0.alone } }

    /// Whether a form is answered for oneself: as chosen, or else as it was kept.
    public func isAlone(_ form: SessionForm) -> Bool { choices[form] ?? (mine(form)?.alone ?? false) }
    public func keepAlone(_ form: SessionForm, _ on: Bool) {
        choices[form] = on
        begun.type(written.text)
    }
    /// Who reads what is being written.
    public func reader(_ form: SessionForm) -> String { reader(alone: isAlone(form), told: told(form) != nil) }
    public var minutesReader: String { reader(alone: minutesAlone, told: session?.minutes.contains { $0.by.me && !$0.alone } ?? false) }
    private func reader(alone: Bool, told: Bool) -> String {
        words(alone ? told ? "session.alone_told" : "session.alone_about" : "session.shared", ["name": other])
    }
    public var share: String { words("session.share", ["name": other]) }
    public func theirs(_ form: SessionForm) -> FilledForm? { session?.forms.first { $0.form == form && !$0.by.me } }
    public func filled(_ form: SessionForm) -> String {
        theirs(form) == nil ? words("session.filled_not", ["name": other]) : words("session.filled", ["name": other])
    }
    public func words(_ form: SessionForm, _ prompt: Prompt) -> String { words.prompt(form, prompt.name) }
    public func ends(_ prompt: Prompt) -> (low: String, high: String) {
        (words.plain("prompt.\(prompt.name).low", else: "1"), words.plain("prompt.\(prompt.name).high", else: "5"))
    }

    /// What can be chosen as an answer: actions to tick, or techniques.
    public func offered(_ prompt: Prompt) -> [(id: String, words: String)] {
        switch prompt.name {
        case "tried": (session?.sinceLast ?? []).filter { $0.done.isEmpty }.map { ($0.id.text, $0.text) }
        case "technique", "techniques": Self.allTechniques.map { ($0, words.technique($0)) }
        default: []
        }
    }

    public func draft(_ form: SessionForm, _ prompt: Prompt) -> Answer {
        if let draft = drafts[form]?[prompt.name] { return draft }
        // Actions that were chosen read as words afterwards; they are not chosen anew.
        let before = mine(form)?.answers.first { $0.prompt == prompt.name && prompt.name != "tried" }
        return before ?? Answer(prompt: prompt.name)
    }

    public func answer(_ form: SessionForm, _ answer: Answer) {
        drafts[form, default: [:]][answer.prompt] = answer
        nothingAnswered = false
        begun.type(written.text)
    }

    public func keep(_ form: SessionForm) async {
        let answers = (prompts[form] ?? []).map { draft(form, $0) }
        guard answers.contains(where: { given($0.words ?? "") != nil || $0.scale != nil || !$0.chosen.isEmpty }) else {
            nothingAnswered = true
            return
        }
        let alone = isAlone(form)
        guard await attempt({ try await client.submitForm(space, id, form, answers, today: here.today, alone: alone) }) != nil else { return }
        (drafts[form], choices[form]) = (nil, nil)
        await keepBegun()
        await load()
    }

    /// Tells the other what was kept to oneself.
    public func share(_ form: SessionForm) async {
        guard let kept = kept(form) else { return }
        guard await attempt({ try await client.submitForm(space, id, form, kept.answers, today: here.today, alone: false) }) != nil else { return }
        choices[form] = nil
        await load()
    }

    // MARK: during

    public var canAddPoint: Bool { !busy && given(point) != nil }
    public func addPoint() async {
        guard let point = given(point) else { return }
        await edit([.addAgenda(point)])
        if fault == nil { self.point = "" }
    }

    /// A point that is carried from an earlier session is ticked where it stands.
    public func tick(_ point: AgendaPoint) async {
        let date = point.done.contains(where: \.by.me) ? nil : here.today
        if await attempt({ try await client.editSession(space, point.document, [.tickAgenda(point.id, date: date)]) }) != nil { await load() }
    }

    public func carried(_ point: AgendaPoint) -> String? { point.carriedFrom == nil ? nil : words("session.carried") }
    public func notes(_ notes: SessionNotes) -> TextFieldModel { TextFieldModel(client, space, .sessionNotes(notes.document)) }
    public func set(_ state: SessionState) async {
        if await attempt({ try await client.setSessionState(space, id, state) }) != nil { await load() }
    }
    public func technique(_ name: String, _ on: Bool) async { await edit([.technique(name, on: on)]) }
    public func function(_ name: String, _ on: Bool) async { await edit([.function(name, on: on)]) }

    // MARK: when

    public var when: String { session.map { $0.line.agreed.map(here.dayAndTime) ?? $0.line.day.map(here.day) ?? words("common.no_day") } ?? "" }
    public var agreed: String? { session?.line.agreed.map { words("session.agreed", ["time": here.dayAndTime($0)]) } }
    public func propose(_ at: Date) async { await edit([.propose(at, zone: here.zone.identifier)]) }
    public func accept(_ proposal: Proposal) async { await edit([.acceptTime(proposal.id, on: true)]) }
    public func label(_ proposal: Proposal) -> String {
        let time = here.dayAndTime(proposal.at)
        if proposal.agreed { return words("session.agreed", ["time": time]) }
        if proposal.accepted.contains(where: \.me) { return words("session.accepted", ["name": words("common.you"), "time": time]) }
        return words("session.accept", ["time": time])
    }
    public func canAccept(_ proposal: Proposal) -> Bool { !busy && !proposal.accepted.contains(where: \.me) }

    // MARK: promises and minutes

    public var canPromise: Bool { !busy && given(promise) != nil }
    public func keepPromise() async {
        guard let text = given(promise) else { return }
        let draft = ActionDraft(text: text, owners: [client.state().person], from: id.text)
        guard await attempt({ try await client.newAction(space, draft) }) != nil else { return }
        promise = ""
        await load()
    }

    /// One's own minutes, those that were told first.
    private var mineMinutes: Minutes? {
        let mine = (session?.minutes ?? []).filter(\.by.me)
        return mine.first { !$0.alone } ?? mine.first
    }

    /// Writes on where one's minutes end.
    public var minutes: String {
        get { typedMinutes ?? mineMinutes?.text ?? "" }
        set {
            guard newValue != minutes else { return }
            typedMinutes = newValue
            begun.type(written.text)
        }
    }

    public var minutesAlone: Bool {
        get { minutesChoice ?? mineMinutes?.alone ?? false }
        set {
            minutesChoice = newValue
            begun.type(written.text)
        }
    }

    /// What is not kept yet is kept as a draft at once: what was just given away must not come back as one.
    private func keepBegun() async {
        begun.type(written.text)
        await begun.keep()
    }

    public func of(_ minutes: Minutes) -> String {
        if !minutes.by.me { return words("session.minutes_of", ["name": minutes.by.name]) }
        return words(minutes.alone ? "session.minutes_alone" : "session.minutes")
    }

    public func keepMinutes() async {
        let (text, alone) = (minutes, minutesAlone)
        guard await attempt({ try await client.keepMinutes(space, id, text: text, alone: alone) }) != nil else { return }
        (typedMinutes, minutesChoice) = (nil, nil)
        await keepBegun()
        await load()
    }

    /// Tells the other minutes that were kept to oneself.
    public func share(_ minutes: Minutes) async {
        if await attempt({ try await client.keepMinutes(space, id, text: minutes.text, alone: false) }) != nil {
            minutesChoice = nil
            await load()
        }
    }

    private func edit(_ edits: [SessionEdit]) async {
        if await attempt({ try await client.editSession(space, id, edits) }) != nil { await load() }
    }
}
