// Observation: what changed, in batches, until somebody stops. What a slow reader has not seen is one batch, each change in it once.

public struct Changes: AsyncSequence, Sendable {
    public typealias Element = [Change]

    private let source = Source()

    /// Runs when it is stopped, when the reader's task is cancelled, and when nobody holds it any more.
    func onStop(_ act: @escaping @Sendable () -> Void) { source.more.onTermination = { _ in act() } }

    /// What tells the changes, and does not keep the sequence from ending.
    func teller() -> @Sendable ([Change]) -> Void { { [weak source] changes in source?.tell(changes) } }

    /// Ends it: a reader that waits goes on, with nothing more to come.
    public func stop() { source.more.finish() }

    public func makeAsyncIterator() -> Iterator { Iterator(source: source, signal: source.signal.makeAsyncIterator()) }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let source: Source
        fileprivate var signal: AsyncStream<Void>.Iterator

        public mutating func next() async -> [Change]? {
            while await signal.next() != nil {
                let batch = source.take()
                if !batch.isEmpty { return batch }
            }
            return nil
        }
    }
}

private final class Source: Sendable {
    let signal: AsyncStream<Void>
    let more: AsyncStream<Void>.Continuation
    private let waiting = Locked<(order: [Change], known: Set<Change>)>(([], []))

    init() { (signal, more) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }
    deinit { more.finish() }

    func tell(_ changes: [Change]) {
        waiting.use { w in
            for change in changes where w.known.insert(change).inserted { w.order.append(change) }
        }
        more.yield()
    }

    func take() -> [Change] {
        waiting.use { w in
            defer { w = ([], []) }
            return w.order
        }
    }
}

/// What the app is in as a whole, now and whenever it became something else.
public struct States: AsyncSequence, Sendable {
    public typealias Element = AppState

    let client: any Client
    let changes: Changes

    public func stop() { changes.stop() }
    public func makeAsyncIterator() -> Iterator { Iterator(client: client, changes: changes.makeAsyncIterator()) }

    public struct Iterator: AsyncIteratorProtocol {
        let client: any Client
        var changes: Changes.Iterator
        var last: AppState?

        public mutating func next() async -> AppState? {
            while let batch = await changes.next() {
                guard batch.contains(where: { $0 == .engine || $0 == .everything }) else { continue }
                let state = client.state()
                if state != last {
                    last = state
                    return state
                }
            }
            return nil
        }
    }
}
