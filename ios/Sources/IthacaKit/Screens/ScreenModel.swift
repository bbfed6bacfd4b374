// What every screen's model has: a client, the words, what went wrong last, and the state that the screen is in.
import Foundation
import Observation

@MainActor
@Observable
public class ScreenModel {
    public let client: any Client
    public let here: Here
    /// What went wrong last. It stays until the next thing goes well or somebody has read it.
    public internal(set) var fault: IthacaFault?
    public internal(set) var online: Bool
    /// Something is under way: its button is off.
    public internal(set) var busy = false
    public internal(set) var loaded = false

    /// More than this does not fit on a phone's screen at once.
    static let many = 8
    static let manyLetters = 1_500

    init(_ client: any Client, _ here: Here) {
        (self.client, self.here) = (client, here)
        online = client.state().online
    }

    public class var screen: Screen { fatalError("a model names its screen") }
    var isEmpty: Bool { false }
    var isLong: Bool { false }
    var isDiffering: Bool { false }
    func load() async {}
    func isAbout(_ change: Change) -> Bool { true }
    /// What is to be done when the screen is left.
    func leave() async {}

    public var words: Words { here.words }
    public var problem: String? { fault.map(words.fault) }

    public var state: ScreenState {
        let states = Self.screen.states
        if fault != nil { return .error }
        if isEmpty, states.contains(.empty) { return .empty }
        if isDiffering { return .differing }
        if !online, states.contains(.offline) { return .offline }
        return isLong && states.contains(.long) ? .long : .filled
    }

    /// Reads again whenever something that this screen shows has changed, until the task is cancelled (a view's `.task`).
    public func follow() async {
        for await batch in client.changes() {
            online = client.state().online
            if batch.contains(where: { $0 == .everything || isAbout($0) }) { await read() }
        }
        // The screen is left: its task is cancelled, and what is to be kept must not be.
        await Task { await leave() }.value
    }

    public func read() async {
        online = client.state().online
        await load()
        loaded = true
    }

    public func dismiss() { fault = nil }

    /// Does something. What goes wrong becomes a sentence; what was typed stays.
    @discardableResult
    func attempt<T: Sendable>(_ act: () async throws -> T) async -> T? {
        busy = true
        defer { busy = false }
        do {
            let done = try await act()
            fault = nil
            return done
        } catch {
            // Somebody stopped it, or the app went to sleep meanwhile: nothing to say.
            let error = IthacaFault.of(error)
            fault = error == .stopped || error == .suspended ? nil : error
            return nil
        }
    }
}

/// What a person typed, without what they did not mean.
func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
func given(_ text: String) -> String? { trimmed(text).isEmpty ? nil : trimmed(text) }
