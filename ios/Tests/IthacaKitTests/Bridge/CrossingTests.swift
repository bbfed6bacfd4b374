// What it costs to bring many records across, and a keystroke. Work is counted by the size of what crosses; time has a wide margin, for slow machines.
import Testing

@testable import IthacaKit

@Suite("Crossing", .timeLimit(.minutes(10)))
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

    @Test func aKeystrokeInFiveThousandWordsBringsOnlyItself() async throws {
        try await together { ana, _, space, _ in
            let c = ana.client
            let place = TextPlace.note(try await c.newNote(space, title: "Plan"))
            let types = { (session: TextSessionId, state: TextState, at: Int, text: String) in
                let end = at + text.utf16.count
                let input = TextInput(generation: state.generation, replace: TextRange(at, at), text: text, selection: TextRange(end, end))
                return try await c.typeIn(session, input)
            }
            let first = try await c.openText(space, place)
            _ = try await types(first.session, first.state, 0, String(repeating: "word ", count: 5_000))
            try await c.closeText(first.session)
            let opened = try await c.openText(space, place)
            var (state, took) = (opened.state, [Duration]())
            for n in 0..<250 {
                took.append(
                    try await ContinuousClock().measure { state = try await types(opened.session, state, 12_500 + n, "a") })
                #expect(state.splices.isEmpty)
            }
            let sorted = took.dropFirst(50).sorted()
            print("typing: a keystroke in 5000 words in \(sorted[100]), the slowest of 200 in \(sorted[199])")
            #expect(sorted[100] < .milliseconds(500))
            try await c.closeText(opened.session)
            #expect(try await c.openText(space, place).state.text?.count == 25_250)
        }
    }
}
