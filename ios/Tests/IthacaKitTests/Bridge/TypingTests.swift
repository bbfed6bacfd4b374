// Typing through the library: splices, undo, what two write at once, whole characters.
import Testing

@testable import IthacaKit

@Suite("Typing", .timeLimit(.minutes(2)))
struct TypingTests {
    private func input(_ state: TextState, _ from: Int, _ to: Int, _ text: String) -> TextInput {
        let end = from + text.utf16.count
        return TextInput(generation: state.generation, replace: TextRange(from, to), text: text, selection: TextRange(end, end))
    }

    @Test func typedUndoneAndKept() async throws {
        try await together { ana, _, space, _ in
            let c = ana.client
            let place = TextPlace.note(try await c.newNote(space, title: "Plan"))
            let open = try await c.openText(space, place)
            #expect(open.state.text == "" && !open.state.canUndo)
            var state = try await c.typeIn(open.session, input(open.state, 0, 0, "😀 on Monday."))
            #expect(state.splices.isEmpty && state.canUndo)
            let inside = input(state, 1, 1, "x")
            #expect(isBadInput(await fault { try await c.typeIn(open.session, inside) }, .offset))
            let past = input(state, 40, 41, "x")
            #expect(isBadInput(await fault { try await c.typeIn(open.session, past) }, .offset))
            let before = input(state, -1, 0, "x")
            #expect(isBadInput(await fault { try await c.typeIn(open.session, before) }, .offset))
            state = try await c.undoText(open.session, seen: state.generation)
            #expect(state.splices.map(\.text) == [""] && state.canRedo)
            state = try await c.redoText(open.session, seen: state.generation)
            #expect(state.splices.map(\.text).joined() == "😀 on Monday.")
            try await c.closeText(open.session)
            #expect(try await c.openText(space, place).state.text == "😀 on Monday.")
            #expect(isNotFound(await fault { try await c.typeIn(TextSessionId(no: 99), past) }))
        }
    }

    @Test func aPartOfACharacterIsWidened() async throws {
        try await together { ana, _, space, _ in
            let c = ana.client
            let open = try await c.openText(space, .note(try await c.newNote(space, title: "Plan")))
            let family = "👩‍👩‍👧"
            let state = try await c.typeIn(open.session, input(open.state, 0, 0, "a\(family)b"))
            let part = input(state, 1 + family.utf16.count - 2, 1 + family.utf16.count, "")
            #expect(isBadInput(await fault { try await c.typeIn(open.session, part) }, .offset))
            let wide = try await c.widenedInput(open.session, part)
            #expect(wide.replace == TextRange(1, 1 + family.utf16.count))
            _ = try await c.typeIn(open.session, wide)
        }
    }

    @Test func whatTheOtherWroteComesAsSplices() async throws {
        try await together { ana, ben, space, _ in
            let note = try await ana.client.newNote(space, title: "Plan")
            let place = TextPlace.note(note)
            let opened = try await ana.client.openText(space, place)
            _ = try await ana.client.typeIn(opened.session, input(opened.state, 0, 0, "Visit on Monday."))
            try await ana.client.closeText(opened.session)
            try await bothSync(ana, ben)
            let (a, b) = (try await ana.client.openText(space, place), try await ben.client.openText(space, place))
            let typed = try await ana.client.typeIn(a.session, input(a.state, 16, 16, " Bring a lamp."))
            _ = try await ben.client.typeIn(b.session, input(b.state, 0, 0, "Ward 3. "))
            try await ben.client.closeText(b.session)
            try await bothSync(ana, ben)
            let state = try await ana.client.refreshText(a.session, seen: typed.generation)
            #expect(state.splices == [TextSplice(range: TextRange(0, 0), text: "Ward 3. ")])
            #expect(state.selection == TextRange(38, 38))
            #expect(state.fresh.map(\.by.name) == ["Ben"] && state.fresh.map(\.range) == [TextRange(0, 8)])
            try await ana.client.closeText(a.session)
            try await bothSync(ana, ben)
            #expect(try await ben.client.note(space, note).body.words == "Ward 3. Visit on Monday. Bring a lamp.")
        }
    }

    @Test func twoReplacementsOfOneWordStandSideBySide() async throws {
        try await together { ana, ben, space, _ in
            let note = try await ana.client.newNote(space, title: "Plan")
            let place = TextPlace.note(note)
            let opened = try await ana.client.openText(space, place)
            _ = try await ana.client.typeIn(opened.session, input(opened.state, 0, 0, "😀 on Monday."))
            try await ana.client.closeText(opened.session)
            try await bothSync(ana, ben)
            for (who, word) in [(ana, "Tuesday"), (ben, "Friday")] {
                let open = try await who.client.openText(space, place)
                _ = try await who.client.typeIn(open.session, input(open.state, 6, 12, word))
                try await who.client.closeText(open.session)
            }
            try await bothSync(ana, ben)
            let body = try await ben.client.note(space, note).body
            let wordings = try #require(body.choices.first)
            for wording in wordings {
                let range = TextRange(wording.range.lowerBound, wording.range.upperBound)
                #expect(Units(body.text).text(in: range) == wording.words)
            }
            let tuesday = try #require(wordings.first { $0.words == "Tuesday" })
            #expect(tuesday.by.map(\.name) == ["Ana"])
            try await ben.client.chooseWords(space, place, run: tuesday.run)
            try await bothSync(ana, ben)
            #expect(try await ana.client.note(space, note).body.words == "😀 on Tuesday.")
            #expect(isNotFound(await fault { try await ana.client.chooseWords(space, place, run: tuesday.run) }))
        }
    }
}
