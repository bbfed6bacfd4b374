// Numbers and pages on their way to the core and back.
internal import IthacaBindings

/// A count as the core counts: one below zero is none, one too large is as many as there can be.
func natural(_ n: Int) -> UInt32 { UInt32(clamping: n) }

/// An offset into a text. One that cannot be is refused before it is asked.
func offset(_ n: Int) throws(IthacaFault) -> UInt32 {
    guard let exact = UInt32(exactly: n) else { throw .badInput(.offset, why: "before the beginning of the text, or past any end") }
    return exact
}

extension Page<NoteLine> {
    init(_ v: IthacaBindings.NotePage) { self.init(lines: v.lines.map(NoteLine.init), more: v.more) }
}

extension Answer {
    var core: IthacaBindings.Answer {
        get throws(IthacaFault) {
            if let scale, !(1...5).contains(scale) { throw .badInput(.value, why: "a place on the scale is 1 to 5") }
            return .init(prompt: prompt, words: words, scale: scale.map(UInt8.init), chosen: chosen)
        }
    }
}
