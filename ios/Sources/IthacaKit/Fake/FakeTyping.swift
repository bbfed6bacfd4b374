// An open text of the fake: what the field shows, and what the text is. Between the two is what the other wrote and the field was not told, or
// was told and did not take in. Undoing puts the text back as it was before one's last input.

struct FakeTyping {
    let space: SpaceId
    let place: TextPlace
    private(set) var field: Units
    private var told: Units
    private(set) var generation: UInt64 = 0
    private var selection = TextRange(0, 0)
    private var composing: TextRange?
    private var done: [Units] = []
    private var undone: [Units] = []
    var fresh: [FreshWords] = []

    init(_ space: SpaceId, _ place: TextPlace, _ text: String) {
        (self.space, self.place) = (space, place)
        field = Units(text)
        told = field
    }

    mutating func opened() -> TextState {
        (done, undone, fresh) = ([], [], [])
        return state(whole: true, splices: [])
    }

    mutating func seen(_ generation: UInt64) {
        if generation == self.generation { field = told }
    }

    /// What the text becomes by what the field did.
    mutating func types(_ input: TextInput, into text: String) throws(IthacaFault) -> Units {
        seen(input.generation)
        try check(input)
        var now = Units(text)
        let range = field.difference(to: now).map { input.replace.after($0) } ?? input.replace
        done.append(now)
        undone = []
        now.splice(range, input.text)
        field.splice(input.replace, input.text)
        (selection, composing) = (input.selection, input.composing)
        return now
    }

    func check(_ input: TextInput) throws(IthacaFault) {
        guard field.fits(input.replace) else { throw .badInput(.offset, why: "past the end of the text") }
        let whole = Set(field.boundaries)
        guard whole.contains(input.replace.start), whole.contains(input.replace.end) else {
            throw .badInput(.offset, why: "inside a character")
        }
    }

    func widened(_ input: TextInput) throws(IthacaFault) -> TextInput {
        guard field.fits(input.replace) else { throw .badInput(.offset, why: "past the end of the text") }
        let (r, whole) = (input.replace, field.boundaries)
        let start = whole.last { $0 <= r.start }!
        let end = whole.first { $0 >= r.end }!
        var wide = input
        wide.replace = TextRange(start, end)
        wide.text = field.text(in: TextRange(start, r.start)) + input.text + field.text(in: TextRange(r.end, end))
        return wide
    }

    mutating func undo(_ text: String) -> Units? {
        guard let before = done.popLast() else { return nil }
        undone.append(Units(text))
        return before
    }

    mutating func redo(_ text: String) -> Units? {
        guard let after = undone.popLast() else { return nil }
        done.append(Units(text))
        return after
    }

    /// What the field has to do to show the text.
    mutating func tells(_ text: Units) -> TextState {
        let splices = field.difference(to: text).map { [$0] } ?? []
        for splice in splices {
            selection = selection.after(splice)
            composing = composing?.after(splice)
        }
        told = text
        generation += 1
        return state(whole: false, splices: splices)
    }

    private func state(whole: Bool, splices: [TextSplice]) -> TextState {
        TextState(
            text: whole ? field.text : nil, splices: splices, selection: selection, composing: composing, fresh: fresh,
            canUndo: !done.isEmpty, canRedo: !undone.isEmpty, generation: generation, unsaved: false)
    }
}
