// The core's records of text as app types, and back.
internal import IthacaBindings

extension Wording {
    init(_ v: IthacaBindings.Wording) {
        self.init(
            run: v.run,
            words: v.words,
            range: Int(v.start)..<Int(v.end),
            by: v.by.map(Who.init))
    }
}

extension SharedText {
    init(_ v: IthacaBindings.TextView) {
        self.init(
            text: v.text,
            display: v.display,
            choices: v.choices.map { $0.wordings.map(Wording.init) })
    }
}

extension GoalPart {
    init(_ v: IthacaBindings.GoalPart) {
        self = switch v {
        case .title: .title
        case .why: .why
        case .success: .success
        case .risk: .risk
        case .support: .support
        }
    }
}

extension GoalPart {
    var core: IthacaBindings.GoalPart {
        switch self {
        case .title: .title
        case .why: .why
        case .success: .success
        case .risk: .risk
        case .support: .support
        }
    }
}

extension TextPlace {
    var core: IthacaBindings.TextPlace {
        switch self {
        case .note(let note): .note(note: note.text)
        case .sessionNotes(let document): .sessionNotes(document: document.text)
        case .agenda(let document, let item): .agenda(document: document.text, item: item.text)
        case .goal(let goal, let part): .goal(goal: goal.text, part: part.core)
        case .clause(let clause): .clause(clause: clause.text)
        case .plan(let part): .plan(part: part.text)
        }
    }
}
