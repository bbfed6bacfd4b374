// What the screens before anybody is there have in common: the door, the words, what went wrong, and the client once there is one.
import Observation

@MainActor
@Observable
public class DoorModel {
    public let door: any Door
    public internal(set) var here: Here
    public internal(set) var fault: IthacaFault?
    public internal(set) var busy = false
    public var online: Bool
    /// Whoever came in.
    public internal(set) var client: (any Client)?

    init(_ door: any Door, _ here: Here, online: Bool = true) { (self.door, self.here, self.online) = (door, here, online) }

    public class var screen: Screen { fatalError("a model names its screen") }
    var isEmpty: Bool { false }
    var isLong: Bool { false }

    public var words: Words { here.words }
    public var problem: String? { fault.map(words.fault) }
    public func dismiss() { fault = nil }

    public var state: ScreenState {
        let states = Self.screen.states
        if problem != nil { return .error }
        if isEmpty, states.contains(.empty) { return .empty }
        if !online, states.contains(.offline) { return .offline }
        return isLong && states.contains(.long) ? .long : .filled
    }

    @discardableResult
    func attempt<T: Sendable>(_ act: () async throws -> T) async -> T? {
        busy = true
        defer { busy = false }
        do {
            let done = try await act()
            fault = nil
            return done
        } catch {
            let error = IthacaFault.of(error)
            fault = error == .stopped ? nil : error
            return nil
        }
    }
}
