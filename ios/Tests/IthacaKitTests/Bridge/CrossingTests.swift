// What it costs to bring many records across. Work is counted by the size of what crosses; time has a wide margin, for slow machines.
import Testing

@testable import IthacaKit

@Suite("Crossing", .timeLimit(.minutes(3)))
struct CrossingTests {
    @Test func tenThousandRecordsComeAcross() async throws {
        try await together { ana, _, space, _ in
            let c = ana.client
            // Messages are the largest list: a thousand are written, and asked for ten times over.
            for n in 0..<1_000 { _ = try await c.say(space, "Message \(n): I arrive at noon, unless the road is closed.") }
            _ = try await c.messages(space, limit: 1_000)
            var n = 0
            let took = try await ContinuousClock().measure {
                for _ in 0..<10 { n += try await c.messages(space, limit: 1_000).messages.count }
            }
            #expect(n == 10_000)
            print("crossing: 10000 records in \(took)")
            #expect(took < .seconds(20))
        }
    }
}
