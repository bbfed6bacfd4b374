// Sessions, in memory.
import Foundation

extension FakeClient {
    public func sessions(_ space: SpaceId) throws(IthacaFault) -> Sessions {
        let s = try at(space)
        let lines = s.sessions.map(\.line).sorted { ($0.day?.text ?? "9999") < ($1.day?.text ?? "9999") }
        let alike = Dictionary(grouping: lines.filter { $0.day != nil }, by: \.day).values.filter { $0.count > 1 }.map { $0.map(\.id) }
        return Sessions(lines: lines, bin: s.sessionBin.map(\.line), sameMeeting: alike)
    }

    public func session(_ space: SpaceId, _ session: SessionId) throws(IthacaFault) -> Session {
        let s = try at(space)
        guard var found = (s.sessions + s.sessionBin).first(where: { $0.documents.contains(session) }) else { throw .notFound("session") }
        found.mentor = s.mentors
        return found
    }

    public func planSession(_ space: SpaceId, title: String, day: Day?, _ edits: [SessionEdit]) throws(IthacaFault) -> SessionId {
        let s = try writable(space)
        let id = SessionId(id("session"))
        let line = SessionLine(id: id, title: title, day: day, place: nil, state: .planned, agreed: nil, ready: [], differs: false)
        var session = Session(
            line: line, documents: [id], said: [], notes: [SessionNotes(document: id, text: SharedText(text: ""))], agenda: [],
            agendaBin: [], proposals: [], techniques: [], functions: [], forms: [], minutes: [], sinceLast: s.open, promised: [],
            differs: [], kept: false, mentor: false, at: .here)
        for edit in edits { apply(&session, edit) }
        s.sessions.append(session)
        tell(.content(space))
        return id
    }

    public func editSession(_ space: SpaceId, _ session: SessionId, _ edits: [SessionEdit]) throws(IthacaFault) {
        let s = try writable(space)
        if edits.contains(.restore), let at = s.sessionBin.firstIndex(where: { $0.line.id == session }) {
            s.sessions.append(s.sessionBin.remove(at: at))
        }
        try change(s, session) { v in
            for edit in edits { apply(&v, edit) }
        }
        if edits.contains(.delete), let at = s.sessions.firstIndex(where: { $0.line.id == session }) {
            s.sessionBin.append(s.sessions.remove(at: at))
        }
        tell(.content(space))
    }

    private func change(_ s: FakeSpace, _ session: SessionId, _ act: (inout Session) -> Void) throws(IthacaFault) {
        guard let at = s.sessions.firstIndex(where: { $0.documents.contains(session) }) else { throw .notFound("session") }
        act(&s.sessions[at])
        tell(.content(s.id))
    }

    private func apply(_ v: inout Session, _ edit: SessionEdit) {
        switch edit {
        case .title(let title): v.line.title = title
        case .date(let date): v.line.day = date
        case .place(let place): v.line.place = place
        case .addAgenda(let text):
            let item = ItemId(id("point"))
            v.agenda.append(AgendaPoint(id: item, document: v.line.id, text: SharedText(text: text), done: [], carriedFrom: nil))
        case .tickAgenda(let item, let date): _ = v.agenda.change(item) { $0.done = ticked($0.done, date) }
        case .moveAgenda(let item, let after):
            guard let moved = v.agenda.take(item) else { return }
            v.agenda.insert(moved, at: after.flatMap { a in v.agenda.firstIndex { $0.id == a } }.map { $0 + 1 } ?? 0)
        case .deleteAgenda(let item): if let away = v.agenda.take(item) { v.agendaBin.append(away) }
        case .restoreAgenda(let item): if let back = v.agendaBin.take(item) { v.agenda.append(back) }
        case .technique(let technique, let on): v.techniques = v.techniques.with(technique, on: on)
        case .function(let function, let on): v.functions = v.functions.with(function, on: on)
        case .propose(let at, let zone):
            v.proposals.append(Proposal(id: ItemId(id("time")), document: v.line.id, at: at, zone: zone, accepted: [me], agreed: false))
        case .acceptTime(let item, let on):
            _ = v.proposals.change(item) {
                $0.accepted = $0.accepted.filter { !$0.me } + (on ? [me] : [])
                $0.agreed = on
            }
            v.line.agreed = on ? v.proposals.find(item)?.at : nil
        case .delete, .restore: break
        }
    }

    public func setSessionState(
        _ space: SpaceId, _ session: SessionId, _ state: SessionState, reason: String?
    ) throws(IthacaFault) {
        let said = DifferValue(words: state.rawValue, person: nil, by: me, at: now(), reason: reason)
        try change(try writable(space), session) { ($0.line.state, $0.said) = (state, [said]) }
    }

    public func sameMeeting(_ space: SpaceId, _ one: SessionId, _ other: SessionId, same: Bool) throws(IthacaFault) {
        guard one != other else { throw .refused(why: "these are one and the same session") }
        let s = try writable(space)
        guard same else { return }
        guard let at = s.sessions.firstIndex(where: { $0.line.id == other }) else { throw .notFound("session") }
        let joined = s.sessions.remove(at: at)
        try change(s, one) {
            $0.documents += joined.documents
            $0.notes += joined.notes
            $0.agenda += joined.agenda
        }
    }

    public func prompts(_ space: SpaceId, _ form: SessionForm) throws(IthacaFault) -> [Prompt] {
        let mentor = try at(space).mentors
        let all: [(String, PromptKind)] = switch (form, mentor) {
        case (.harvest, _): [("learned", .words), ("useful", .scale), ("helped", .chosen), ("noticed", .words)]
        case (.before, true): [("notice", .words), ("technique", .chosen), ("promised", .words)]
        case (.before, false): [("arriving", .scale), ("worth", .words), ("tried", .chosen), ("off_limits", .words)]
        case (.after, true): [("techniques", .chosen), ("learned", .words), ("promised", .words), ("confident", .scale)]
        case (.after, false): [("relevant", .scale), ("heard", .scale), ("will_do", .words), ("change", .words)]
        }
        return all.map { Prompt(name: $0.0, kind: $0.1) }
    }

    public func submitForm(
        _ space: SpaceId, _ session: SessionId, _ form: SessionForm, _ answers: [Answer], today: Day, alone: Bool
    ) throws(IthacaFault) {
        let s = try writable(space)
        let given = answers.filter { !($0.words ?? "").allSatisfy(\.isWhitespace) || $0.scale != nil || !$0.chosen.isEmpty }
        guard !given.isEmpty else { throw .refused(why: "nothing was answered") }
        guard given.allSatisfy({ $0.scale.map((1...5).contains) ?? true }) else { throw .badInput(.value, why: "a place on the scale is 1 to 5") }
        let (at, tried) = (now(), given.first { $0.prompt == "tried" }?.chosen ?? [])
        let others = { (v: Session) in v.forms.filter { $0.form != form || !$0.by.me || (alone && !$0.alone) } }
        let filled = FilledForm(form: form, by: me, answers: given, at: at, also: [], alone: alone)
        if alone {
            try change(s, session) { $0.forms = others($0) + [filled] }
            return
        }
        let open = s.actions.map(\.id)
        for item in tried.map(ItemId.init) where open.contains(item) { try editGoals(space, [.ticked(item, date: today)]) }
        try change(s, session) { v in
            if form == .before { v.line.ready = v.line.ready.filter { !$0.me } + [me] }
            for technique in given.first(where: { $0.prompt == "techniques" })?.chosen ?? [] { v.techniques = v.techniques.with(technique, on: true) }
            v.forms = others(v) + [filled]
        }
    }

    public func keepMinutes(_ space: SpaceId, _ session: SessionId, text: String, alone: Bool) throws(IthacaFault) {
        guard !text.allSatisfy(\.isWhitespace) else { throw .refused(why: "the minutes are empty") }
        let at = now()
        try change(try writable(space), session) {
            let others = $0.minutes.filter { !$0.by.me || (alone && !$0.alone) }
            $0.minutes = others + [Minutes(by: me, text: text, at: at, also: [], alone: alone)]
        }
    }
}
