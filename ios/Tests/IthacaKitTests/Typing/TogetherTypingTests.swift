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
            let first = TextInput(
                generation: opened.state.generation, replace: TextRange(0, 0), text: "Visit on Monday.", selection: TextRange(16, 16))
            _ = try await ana.client.typeIn(opened.session, first)
            try await ana.client.closeText(opened.session)
            try await bothSync(ana, ben)
            for phone in [ana, ben] { try await phone.client.watchRelays(true) }

            let a = NoteModel(client: ana.client, here: here, space: space, note: note)
            let b = NoteModel(client: ben.client, here: here, space: space, note: note)
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

    @Test func whatIsTypedWhileTheCoreSleepsIsKeptWhenItWakes() async throws {
        try await together { ana, _, space, _ in
            let note = try await ana.client.newNote(space, title: "Plan")
            let field = TextFieldModel(ana.client, space, .note(note))
            let following = Task { await field.follow() }
            await becomes { field.isOpen }
            field.type(TextRange(0, 0), "Visit on Monday.")
            await becomes { field.isSettled }
            try await ana.client.suspendEngine()
            field.type(TextRange(16, 16), " Bring a lamp.")
            await becomes { field.fault == .suspended }
            #expect(field.text == "Visit on Monday. Bring a lamp.")
            try await ana.client.resumeEngine()
            await becomes { field.fault == nil && field.isSettled }
            following.cancel()
            await following.value
            let words = try await ana.client.note(space, note).body.words
            #expect(words == "Visit on Monday. Bring a lamp.")
        }
    }

    @Test func everyPlaceOfATextCanBeTypedIn() async throws {
        try await together { ana, ben, space, _ in
            let c = ana.client
            try await c.editPair(space, [.addClause("Cadence", text: ""), .addPlan("strengths", text: "")])
            let relationship = try await c.relationship(space)
            let goal = try await c.newGoal(space, GoalDraft(title: ""))
            let session = try await c.planSession(space, title: "Visit", day: nil, [.addAgenda("")])
            let point = try #require(try await c.session(space, session).agenda.first)
            let places: [TextPlace] =
                GoalPart.allCases.map { .goal(goal, part: $0) } + [
                    .sessionNotes(session), .agenda(session, item: point.id), .clause(try #require(relationship.clauses.first).id),
                    .plan(try #require(relationship.plan.first).id),
                ]
            for place in places {
                let field = TextFieldModel(c, space, place)
                await field.open()
                field.type(TextRange(0, 0), "Words 😀")
                await field.close()
                #expect(field.fault == nil, "\(place)")
            }
            try await bothSync(ana, ben)
            for place in places {
                let there = try await ben.client.openText(space, place).state.text
                #expect(there == "Words 😀", "\(place)")
            }
        }
    }

    /// Random histories: what a field shows is what both phones keep, and nothing that somebody typed is missing.
    @Test(arguments: [3, 17, 467]) func manyInputsAnywhereAndNothingIsMissing(seed: UInt64) async throws {
        try await together { ana, ben, space, _ in
            var random = Seeded(state: seed)
            let place = TextPlace.note(try await ana.client.newNote(space, title: "Plan"))
            try await bothSync(ana, ben)
            let fields = [ana, ben].map { TextFieldModel($0.client, space, place) }
            for field in fields { await field.open() }
            var typed: [String] = []
            for step in 0..<60 {
                let field = fields[Int.random(in: 0..<2, using: &random)]
                let spots = Units(field.text).boundaries
                let at = spots[Int.random(in: 0..<spots.count, using: &random)]
                let word = ["w\(step).", "é\(step)😀"][step % 2]
                // Never inside of a word that must be found again.
                let whole = field.text.utf16.count
                let spot = Units(field.text).all.prefix(at).last.map { $0 == 32 } ?? true ? at : whole
                field.type(TextRange(spot, spot), word + " ")
                typed.append(word)
                if Int.random(in: 0..<6, using: &random) == 0 { try await bothSync(ana, ben) }
                if Int.random(in: 0..<4, using: &random) == 0 { for field in fields { await field.refresh() } }
            }
            for field in fields { await field.close() }
            try await bothSync(ana, ben)
            let texts = try await [ana, ben].mapped { try await $0.client.openText(space, place).state.text ?? "" }
            let codes = try await [ana, ben].mapped { try await $0.client.status().spaces.last?.stateCode }
            #expect(codes[0] == codes[1])
            #expect(texts[0] == texts[1], "seed \(seed)")
            #expect(fields.allSatisfy { $0.fault == nil })
            for word in typed { #expect(texts[0].contains(word), "seed \(seed)") }
        }
    }
}

/// The same numbers for the same seed (splitmix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
