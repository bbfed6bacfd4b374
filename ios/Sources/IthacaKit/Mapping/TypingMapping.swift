// The core's records of typing as app types, and back.
import Foundation
internal import IthacaBindings

extension TextRange {
    init(_ v: IthacaBindings.TextRange) { self.init(Int(v.start), Int(v.end)) }

    var core: IthacaBindings.TextRange {
        get throws(IthacaFault) { .init(start: try offset(start), end: try offset(end)) }
    }
}

extension TextInput {
    init(_ v: IthacaBindings.TextInput) {
        self.init(
            generation: v.generation,
            replace: TextRange(v.replace),
            text: v.text,
            selection: TextRange(v.selection),
            composing: v.composing.map(TextRange.init))
    }

    var core: IthacaBindings.TextInput {
        get throws(IthacaFault) {
            .init(
                generation: generation, replace: try replace.core, text: text, selection: try selection.core,
                composing: try composing?.core)
        }
    }
}

extension TextState {
    init(_ v: IthacaBindings.TextState) {
        self.init(
            text: v.text,
            splices: v.splices.map { TextSplice(range: TextRange(Int($0.start), Int($0.end)), text: $0.text) },
            selection: TextRange(v.selection),
            composing: v.composing.map(TextRange.init),
            fresh: v.fresh.map { FreshWords(range: TextRange($0.range), by: Who($0.by), since: $0.sinceMs) },
            canUndo: v.canUndo,
            canRedo: v.canRedo,
            generation: v.generation,
            unsaved: v.unsaved)
    }
}

extension OpenText {
    init(_ v: IthacaBindings.OpenText) { self.init(session: TextSessionId(no: v.session), state: TextState(v.state)) }
}
