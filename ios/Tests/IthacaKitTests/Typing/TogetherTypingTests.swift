// Two people write the same note at once and both see it merged in front of them, without touching anything.
import Testing

@testable import IthacaKit

@MainActor
@Suite("Typing together", .timeLimit(.minutes(2)))
struct TogetherTypingTests {
    @Test func bothSeeItMergedWithoutTouchingAnything() async throws {
        try await together { ana, ben, space, _ in
            let note = try await ana.client.newNote(space, title: "Plan")
            let place = TextPlace.note(note)
            let opened = try await ana.client.openText(space, place)
            let first = TextInput(generation: opened.state.generation, replace: TextRange(0, 0), text: "Visit on Monday.", selection: TextRange(16, 16))
            _ = try await ana.client.typeIn(opened.session, first)
            try await ana.client.closeText(opened.session)
            try await bothSync(ana, ben)
            for phone in [ana, ben] { try await phone.client.watchRelays(true) }

            let (a, b) = (NoteModel(client: ana.client, here: here, space: space, note: note), NoteModel(client: ben.client, here: here, space: space, note: note))
            let following = [a, b].map { model in Task { await model.follow() } }
            await becomes { a.body.isOpen && b.body.isOpen }
            // At once, in different places, a letter at a time.
            for (n, letters) in zip(Array("Ward 3. "), Array(" Bring a lamp!")).enumerated() {
                a.body.type(TextRange(n, n), String(letters.0))
                b.body.type(TextRange(16 + n, 16 + n), String(letters.1))
                await Task.yield()
            }
            let merged = "Ward 3. Visit on Monday. Bring a"
            await becomes { a.body.text == merged && b.body.text == merged }
            #expect(a.body.selection == TextRange(8, 8) && b.body.selection == TextRange(merged.utf16.count, merged.utf16.count))
            #expect(a.problem == nil && b.problem == nil)
            #expect(a.state == .filled && !a.body.canRedo)
            for task in following {
                task.cancel()
                await task.value
            }
            try await bothSync(ana, ben)
            for phone in [ana, ben] {
                let words = try await phone.client.note(space, note).body.words
                #expect(words == merged)
            }
        }
    }
}
