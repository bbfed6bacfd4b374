// A text field in which two people may type at once. It shows what the person types at once; what the core answers is taken in when nothing was
// typed since (the answer to what was typed holds it again). A call that fails loses nothing: what the person typed is sent anew, as one input
// against what the core has.
import Observation

@MainActor
@Observable
public final class TextFieldModel {
    /// What the field shows.
    public private(set) var text = ""
    public private(set) var selection = TextRange(0, 0)
    public private(set) var composing: TextRange?
    public private(set) var fresh: [FreshWords] = []
    public private(set) var canUndo = false
    public private(set) var canRedo = false
    public private(set) var unsaved = false
    public private(set) var fault: IthacaFault?
    public private(set) var isOpen = false
    /// The text was changed by others or by undoing: the field has to show it anew. Typing does not raise it.
    public private(set) var turn = 0

    private let client: any Client
    private let space: SpaceId
    private let place: TextPlace
    private let pause: @Sendable () async -> Void

    private var session: TextSessionId?
    private var generation: UInt64 = 0
    @ObservationIgnored private var shown = Units("")
    /// What the core has of it: the text as the field last took it in, and what was typed and acknowledged since.
    @ObservationIgnored private var known = Units("")
    /// What the platform's field shows, and what it was not yet given: it is given that a moment after the model has it.
    @ObservationIgnored private var field = Units("")
    @ObservationIgnored private var behind: [TextSplice] = []
    private var queue: [TextInput] = []
    private var sending = false
    @ObservationIgnored private var waiting: [CheckedContinuation<Void, Never>] = []

    /// `pause`: how long to wait before what was typed is asked to become a part of the text.
    public init(
        _ client: any Client, _ space: SpaceId, _ place: TextPlace,
        pause: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(250)) }
    ) {
        (self.client, self.space, self.place, self.pause) = (client, space, place, pause)
    }

    // MARK: the life of the field

    public func open() async {
        do {
            let open = try await client.openText(space, place)
            session = open.session
            show(Units(open.state.text ?? ""))
            take(open.state)
            (isOpen, fault) = (true, nil)
        } catch { fault = error }
    }

    /// Takes in what others write, and makes a part of the text what was typed, until the task is cancelled; then closes it.
    public func follow() async {
        if !isOpen { await open() }
        let ticking = Task { [pause] in
            while !Task.isCancelled {
                await pause()
                // Fresh words are fresh for a moment only.
                if unsaved || !fresh.isEmpty, !Task.isCancelled { await refresh() }
            }
        }
        // "Everything" comes first: what was written between opening and listening is among it. It comes after the core slept, too: then what
        // was typed meanwhile is sent.
        for await batch in client.changes() where batch.contains(where: { $0 == .content(space) || $0 == .everything }) {
            if fault == nil { await refresh() } else { await again() }
        }
        ticking.cancel()
        await close()
    }

    public func close() async {
        // What could not be kept stays here: `again` sends it.
        guard await settle(), let session else { return }
        do {
            try await client.closeText(session)
            (self.session, isOpen) = (nil, false)
        } catch { fault = error }
    }

    // MARK: what the person does

    /// The person typed, deleted or pasted: `range` counts in what the field showed before, the rest in what it shows now.
    public func type(_ range: TextRange, _ text: String, selection: TextRange? = nil, composing: TextRange? = nil) {
        put(range, text, selection, composing)
        showed()
    }

    private func put(_ range: TextRange, _ text: String, _ selection: TextRange?, _ composing: TextRange?) {
        guard shown.fits(range) else { return }
        let whole = widened(range)
        if whole != range { turn += 1 }
        shown.splice(whole, text)
        self.text = shown.text
        let end = whole.start + text.utf16.count
        (self.selection, self.composing) = (whole == range ? selection ?? TextRange(end, end) : TextRange(end, end), composing)
        queue.append(
            TextInput(generation: generation, replace: whole, text: text, selection: self.selection, composing: composing))
        unsaved = true
        Task { await send() }
    }

    /// The platform's field shows another text now: what the person did is the one place in which it differs from what it showed.
    public func became(_ text: String, selection: TextRange, composing: TextRange? = nil) {
        let now = Units(text)
        let moved = { (range: TextRange) in self.behind.reduce(range) { $0.after($1) } }
        guard let done = field.difference(to: now) else {
            (self.selection, self.composing) = (moved(selection), composing.map(moved))
            return
        }
        let range = moved(done.range)
        field = now
        // What the field was not yet given lies before or behind what was typed; both stay.
        let shift = range.start - done.range.start
        let there = { (range: TextRange) in TextRange(range.start + shift, range.end + shift) }
        put(range, done.text, there(selection), composing.map(there))
        behind = field.difference(to: shown).map { [$0] } ?? []
    }

    /// The platform's field was given all that the model has.
    public func showed() { (field, behind) = (shown, []) }

    public func select(_ range: TextRange) { selection = range }

    public func undo() async { await turned { client, session, seen in try await client.undoText(session, seen: seen) } }
    public func redo() async { await turned { client, session, seen in try await client.redoText(session, seen: seen) } }

    public func refresh() async {
        await turned { client, session, seen in try await client.refreshText(session, seen: seen) }
    }

    /// Tries again to keep what could not be kept.
    public func again() async {
        await rest()
        sending = true
        await recover()
        rested()
        await settle()
    }

    /// All that was typed so far is with the core.
    public var isSettled: Bool { queue.isEmpty && !sending }

    // MARK: inside

    private func send() async {
        guard !sending else { return }
        sending = true
        defer { rested() }
        while let session, let input = queue.first {
            do {
                let state = try await client.typeIn(session, input)
                queue.removeFirst()
                known.splice(input.replace, input.text)
                fault = nil
                if queue.isEmpty { take(state) } else { unsaved = state.unsaved }
            } catch {
                fault = error
                switch error {
                // The field and the core count differently, or the core slept: what was typed is sent anew against what there is.
                case .badInput, .notFound, .suspended: await recover()
                default: break
                }
                if fault != nil { return }
            }
        }
    }

    private func turned(_ ask: (any Client, TextSessionId, UInt64) async throws -> TextState) async {
        guard await settle(), let session else { return }
        sending = true
        do {
            let state = try await ask(client, session, generation)
            if queue.isEmpty { take(state) }
            fault = nil
        } catch {
            fault = IthacaFault.of(error)
            // The core slept: it knows nothing of this session any more.
            if case .notFound = fault { await recover() }
        }
        rested()
        await settle()
    }

    /// One call at a time: waits for the one under way.
    private func rest() async {
        while sending { await withCheckedContinuation { waiting.append($0) } }
    }

    private func rested() {
        sending = false
        let all = waiting
        waiting = []
        for one in all { one.resume() }
    }

    /// Sends everything that was typed; false where it could not be kept.
    @discardableResult
    private func settle() async -> Bool {
        await rest()
        while !queue.isEmpty {
            guard session != nil else { return false }
            await send()
            if fault != nil { return false }
            await rest()
        }
        return true
    }

    private func take(_ state: TextState) {
        for splice in state.splices where shown.fits(splice.range) {
            shown.splice(splice.range, splice.text)
            known.splice(splice.range, splice.text)
        }
        if !state.splices.isEmpty {
            text = shown.text
            behind += state.splices
            (selection, composing) = (state.selection, state.composing)
            turn += 1
        }
        (fresh, canUndo, canRedo, unsaved) = (state.fresh, state.canUndo, state.canRedo, state.unsaved)
        generation = state.generation
    }

    private func show(_ text: Units) {
        (shown, known) = (text, text)
        behind = field.difference(to: shown).map { [$0] } ?? []
        self.text = text.text
        turn += 1
    }

    /// What is typed here and not with the core is one splice; what the core has besides is another: the first is sent behind the second. What is
    /// typed meanwhile comes after it.
    private func recover() async {
        let before = shown
        guard let mine = known.difference(to: before) else {
            queue = []
            return await open()
        }
        do {
            let open = try await client.openText(space, place)
            var core = Units(open.state.text ?? "")
            let range = known.difference(to: core).map { mine.range.after($0) } ?? mine.range
            let end = range.start + mine.text.utf16.count
            let plain = TextInput(
                generation: open.state.generation, replace: range, text: mine.text, selection: TextRange(end, end))
            let input = try await client.widenedInput(open.session, plain)
            let state = try await client.typeIn(open.session, input)
            core.splice(input.replace, input.text)
            let meanwhile = before.difference(to: shown)
            (session, queue, isOpen, fault, selection) = (open.session, [], true, nil, input.selection)
            let moved = before.difference(to: core)
            show(core)
            take(state)
            if let meanwhile { put(moved.map { meanwhile.range.after($0) } ?? meanwhile.range, meanwhile.text, nil, nil) }
        } catch { fault = error }
    }

    /// A keyboard may take out one part of what people see as one character: then all of it goes.
    private func widened(_ range: TextRange) -> TextRange {
        let cuts = Cuts(shown)
        var wide = range
        while !cuts.at(wide.start) { wide.start -= 1 }
        while !cuts.at(wide.end) { wide.end += 1 }
        return wide
    }
}
