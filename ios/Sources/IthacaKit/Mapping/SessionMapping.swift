// The core's records of session as app types, and back.
import Foundation
internal import IthacaBindings

extension SessionState {
    init(_ v: IthacaBindings.SessionState) {
        self = switch v {
        case .planned: .planned
        case .held: .held
        case .missed: .missed
        case .cancelled: .cancelled
        }
    }
}

extension SessionForm {
    init(_ v: IthacaBindings.Form) {
        self = switch v {
        case .before: .before
        case .after: .after
        case .harvest: .harvest
        }
    }
}

extension PromptKind {
    init(_ v: IthacaBindings.PromptKind) {
        self = switch v {
        case .scale: .scale
        case .words: .words
        case .chosen: .chosen
        }
    }
}

extension Prompt {
    init(_ v: IthacaBindings.Prompt) {
        self.init(
            name: v.name,
            kind: PromptKind(v.kind))
    }
}

extension Answer {
    init(_ v: IthacaBindings.Answer) {
        self.init(
            prompt: v.prompt,
            words: v.words,
            scale: v.scale.map(Int.init),
            chosen: v.chosen)
    }
}

extension FilledForm {
    init(_ v: IthacaBindings.FormView) {
        self.init(
            form: SessionForm(v.form),
            by: Who(v.by),
            answers: v.answers.map(Answer.init),
            at: Date(ms: v.atMs),
            also: v.also.map { $0.map(Answer.init) },
            alone: v.alone)
    }
}

extension Minutes {
    init(_ v: IthacaBindings.MinutesView) {
        self.init(
            by: Who(v.by),
            text: v.text,
            at: Date(ms: v.atMs),
            also: v.also,
            alone: v.alone)
    }
}

extension SessionLine {
    init(_ v: IthacaBindings.SessionLine) {
        self.init(
            id: SessionId(v.session),
            title: v.title,
            day: Day.read(v.day),
            place: v.place,
            state: SessionState(v.state),
            agreed: v.agreedAtMs.map(Date.init(ms:)),
            ready: v.ready.map(Who.init),
            differs: v.differs)
    }
}

extension Sessions {
    init(_ v: IthacaBindings.Sessions) {
        self.init(
            lines: v.lines.map(SessionLine.init),
            bin: v.bin.map(SessionLine.init),
            sameMeeting: v.sameMeeting.map { $0.map(SessionId.init) })
    }
}

extension AgendaPoint {
    init(_ v: IthacaBindings.AgendaView) {
        self.init(
            id: ItemId(v.item),
            document: SessionId(v.document),
            text: SharedText(v.text),
            done: v.done.map(Tick.init),
            carriedFrom: v.carriedFrom.map(SessionId.init))
    }
}

extension Proposal {
    init(_ v: IthacaBindings.ProposalView) {
        self.init(
            id: ItemId(v.item),
            document: SessionId(v.document),
            at: Date(ms: v.atMs),
            zone: v.zone,
            accepted: v.accepted.map(Who.init),
            agreed: v.agreed)
    }
}

extension SessionNotes {
    init(_ v: IthacaBindings.SessionNotes) {
        self.init(
            document: SessionId(v.document),
            text: SharedText(v.text))
    }
}

extension Session {
    init(_ v: IthacaBindings.SessionView) {
        self.init(
            line: SessionLine(v.line),
            documents: v.documents.map(SessionId.init),
            said: v.said.map(DifferValue.init),
            notes: v.notes.map(SessionNotes.init),
            agenda: v.agenda.map(AgendaPoint.init),
            agendaBin: v.agendaBin.map(AgendaPoint.init),
            proposals: v.proposals.map(Proposal.init),
            techniques: v.techniques,
            functions: v.functions,
            forms: v.forms.map(FilledForm.init),
            minutes: v.minutes.map(Minutes.init),
            sinceLast: v.sinceLast.map(Action.init),
            promised: v.promised.map(Action.init),
            differs: v.differs.map(Differ.init),
            kept: v.kept,
            mentor: v.mentor,
            at: Whereabouts(v.at))
    }
}

extension SessionState {
    var core: IthacaBindings.SessionState {
        switch self {
        case .planned: .planned
        case .held: .held
        case .missed: .missed
        case .cancelled: .cancelled
        }
    }
}

extension SessionForm {
    var core: IthacaBindings.Form {
        switch self {
        case .before: .before
        case .after: .after
        case .harvest: .harvest
        }
    }
}

extension SessionEdit {
    var core: IthacaBindings.SessionEdit {
        switch self {
        case .title(let title): .title(title: title)
        case .date(let date): .date(date: date?.text)
        case .place(let place): .place(place: place)
        case .addAgenda(let text): .addAgenda(text: text)
        case .tickAgenda(let item, let date): .tickAgenda(item: item.text, date: date?.text)
        case .moveAgenda(let item, let after): .moveAgenda(item: item.text, after: after?.text)
        case .deleteAgenda(let item): .deleteAgenda(item: item.text)
        case .restoreAgenda(let item): .restoreAgenda(item: item.text)
        case .technique(let technique, let on): .technique(technique: technique, on: on)
        case .function(let function, let on): .function(function: function, on: on)
        case .propose(let at, let zone): .propose(atMs: at.ms, zone: zone)
        case .acceptTime(let item, let on): .acceptTime(item: item.text, on: on)
        case .delete: .delete
        case .restore: .restore
        }
    }
}
