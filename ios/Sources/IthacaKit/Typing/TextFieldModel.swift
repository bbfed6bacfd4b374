// A text field in which two people may type at once. It shows what the person types at once; what the core answers is taken in when nothing was
// typed since (the answer to what was typed holds it again). A call that fails loses nothing: what the person typed is sent anew, as one input
// against what the core has.
import Observation

@MainActor
@Observable
public final class TextFieldModel {
    /// What the field shows.
    public internal(set) var text = ""
    public internal(set) var selection = TextRange(0, 0)
    public internal(set) var composing: TextRange?
    public internal(set) var fresh: [FreshWords] = []
    public internal(set) var canUndo = false
    public internal(set) var canRedo = false
    public internal(set) var unsaved = false
    public internal(set) var fault: IthacaFault?
    public internal(set) var isOpen = false
    /// The text was changed by others or by undoing: the field has to show it anew. Typing does not raise it.
    public internal(set) var turn = 0

    let client: any Client
    let space: SpaceId
    let place: TextPlace
    private let pause: @Sendable () async -> Void

    var session: TextSessionId?
    var generation: UInt64 = 0
    @ObservationIgnored var shown = Units("")
    /// What the core has of it: the text as the field last took it in, and what was typed and acknowledged since.
    @ObservationIgnored var known = Units("")
    /// What the platform's field shows, and what it was not yet given: it is given that a moment after the model has it.
    @ObservationIgnored var field = Units("")
    @ObservationIgnored var behind: [TextSplice] = []
    var queue: [TextInput] = []
    var sending = false
    @ObservationIgnored var waiting: [CheckedContinuation<Void, Never>] = []

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
}
