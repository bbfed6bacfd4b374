// The field over the fake: what is typed shows at once, what others write comes in, nothing typed is lost.
import Observation
import Testing

@testable import IthacaKit

@MainActor
@Suite("Field", .timeLimit(.minutes(1)))
struct FieldTests {
    let fake = FakeClient()

    private func field(_ text: String = "") async throws -> (TextFieldModel, SpaceId, TextPlace) {
        let space = await fake.addPair("Ben")
        let place = TextPlace.note(try await fake.newNote(space, title: "Plan"))
        if !text.isEmpty { try await fake.otherTypes(space, place, at: 0, text) }
        let field = TextFieldModel(fake, space, place, pause: { await Task.yield() })
        await field.open()
        return (field, space, place)
    }

    private func words(_ space: SpaceId, _ place: TextPlace) async throws -> String {
        guard case .note(let note) = place else { return "" }
        return try await fake.note(space, note).body.words
    }

    @Test func typingShowsAtOnceAndIsKept() async throws {
        let (field, space, place) = try await field()
        field.type(TextRange(0, 0), "Hi 😀")
        field.type(TextRange(5, 5), "!")
        field.type(TextRange(0, 2), "Ho")
        #expect(field.text == "Ho 😀!" && field.selection == TextRange(2, 2) && !field.isSettled)
        await becomes { field.isSettled }
        #expect(try await words(space, place) == "Ho 😀!")
        #expect(field.canUndo && field.fault == nil)
    }

    @Test func whatOthersWroteComesInAndTheCaretStaysWithItsWords() async throws {
        let (field, space, place) = try await field("Visit Monday.")
        field.select(TextRange(13, 13))
        field.type(TextRange(13, 13), " Bring a lamp.")
        await becomes { field.isSettled }
        let before = field.turn
        try await fake.otherTypes(space, place, at: 0, "Ward 3. ")
        await field.refresh()
        #expect(field.text == "Ward 3. Visit Monday. Bring a lamp.")
        #expect(field.selection == TextRange(35, 35) && field.turn == before + 1)
        #expect(field.fresh.map(\.by.name) == ["Ben"])
    }

    @Test func typedWhileTheOtherWrote() async throws {
        let (field, space, place) = try await field("Visit Monday.")
        // The field does not know of it yet; what is typed behind it lands behind the same words.
        try await fake.otherTypes(space, place, at: 0, "Ward 3. ")
        field.type(TextRange(12, 12), " noon")
        field.type(TextRange(17, 17), ", ask")
        #expect(field.text == "Visit Monday noon, ask.")
        await becomes { field.isSettled }
        #expect(field.text == "Ward 3. Visit Monday noon, ask.")
        #expect(try await words(space, place) == field.text)
    }

    @Test func theViewIsAMomentBehindTheModel() async throws {
        let (field, space, place) = try await field("Visit Monday.")
        field.showed()
        try await fake.otherTypes(space, place, at: 0, "Ward 3. ")
        await field.refresh()
        // The platform's view still shows the old text when the keyboard types in it, twice.
        field.became("Visit Monday!.", selection: TextRange(13, 13))
        field.became("Visit Monday!?.", selection: TextRange(14, 14))
        #expect(field.text == "Ward 3. Visit Monday!?.")
        #expect(field.selection == TextRange(22, 22))
        field.showed()
        field.became("Ward 3. Visit Monday!?", selection: TextRange(22, 22))
        await becomes { field.isSettled }
        #expect(try await words(space, place) == "Ward 3. Visit Monday!?")
    }

    @Test func aPartOfACharacterTakesAllOfIt() async throws {
        let family = "👩‍👩‍👧"
        let (field, space, place) = try await field("a\(family)b")
        let before = field.turn
        field.type(TextRange(family.utf16.count - 1, family.utf16.count + 1), "")
        #expect(field.text == "ab" && field.turn == before + 1)
        await becomes { field.isSettled }
        #expect(try await words(space, place) == "ab")
    }

    @Test func markedTextIsToldAsComposing() async throws {
        let (field, _, _) = try await field("x ")
        field.type(TextRange(2, 2), "n", composing: TextRange(2, 3))
        field.type(TextRange(2, 3), "ni", composing: TextRange(2, 4))
        field.type(TextRange(2, 4), "你")
        #expect(field.text == "x 你" && field.composing == nil)
        await becomes { field.isSettled }
        #expect(field.text == "x 你")
    }

    @Test func undoAndRedo() async throws {
        let (field, space, place) = try await field("One")
        field.type(TextRange(3, 3), " two")
        await becomes { field.isSettled }
        await field.undo()
        #expect(field.text == "One" && field.canRedo)
        await field.redo()
        #expect(try await words(space, place) == "One two")
    }

    @Test(arguments: [IthacaFault.storageFull, .internal(why: "x")]) func aDiskThatIsFullLosesNothing(fault: IthacaFault) async throws {
        let (field, space, place) = try await field("One")
        await fake.fail(fault)
        field.type(TextRange(3, 3), " two")
        await becomes { field.fault != nil }
        field.type(TextRange(7, 7), " three")
        try await fake.otherTypes(space, place, at: 0, "> ")
        #expect(field.text == "One two three")
        await becomes { field.isSettled }
        #expect(field.fault == nil)
        await field.again()
        #expect(field.text == "> One two three")
        #expect(try await words(space, place) == "> One two three")
    }

    @Test func anEngineThatSleptIsAskedAnew() async throws {
        let (field, space, place) = try await field("One")
        await fake.forgetTyping()
        field.type(TextRange(3, 3), " two")
        await becomes { field.fault == nil && field.isSettled }
        #expect(try await words(space, place) == "One two")
        await field.close()
        #expect(!field.isOpen)
    }

    @Test(arguments: 0..<16) func whatIsTypedWhileItIsSentAnewComesAfterIt(yields: Int) async throws {
        let (field, space, place) = try await field("One")
        await fake.forgetTyping()
        try await fake.otherTypes(space, place, at: 0, "> ")
        field.type(TextRange(3, 3), " two")
        for _ in 0..<yields { await Task.yield() }
        let end = field.text.utf16.count
        field.type(TextRange(end, end), " three")
        await becomes { field.fault == nil && field.isSettled }
        #expect(try await words(space, place) == "> One two three")
        #expect(field.text == "> One two three")
    }

    @Test(arguments: 0..<12) func closingAndUndoingWaitForWhatIsBeingSent(yields: Int) async throws {
        let (field, space, place) = try await field("One")
        field.type(TextRange(3, 3), " two")
        for _ in 0..<yields { await Task.yield() }
        field.type(TextRange(7, 7), " three")
        await field.undo()
        #expect(field.text == "One two")
        field.type(TextRange(7, 7), " four")
        for _ in 0..<yields { await Task.yield() }
        field.type(TextRange(12, 12), " five")
        await field.close()
        #expect(!field.isOpen && field.isSettled)
        #expect(try await words(space, place) == "One two four five")
    }

    @Test func whatCouldNotBeKeptStaysWhenTheFieldIsClosed() async throws {
        let (field, space, place) = try await field("One")
        await fake.fail(.storageFull)
        field.type(TextRange(3, 3), " two")
        await field.close()
        #expect(field.fault == .storageFull && field.isOpen && field.text == "One two")
        await field.again()
        await field.close()
        #expect(try await words(space, place) == "One two")
        #expect(field.fault == nil && !field.isOpen)
    }

    @Test func whatIsTypedInAFieldThatCouldNotBeOpenedIsKeptOnceItCan() async throws {
        let space = await fake.addPair("Ben")
        let place = TextPlace.note(try await fake.newNote(space, title: "Plan"))
        let field = TextFieldModel(fake, space, place)
        await fake.fail(.storageFull)
        await field.open()
        field.type(TextRange(0, 0), "One")
        await field.refresh()
        await field.close()
        #expect(field.fault == .storageFull && field.text == "One")
        await field.again()
        #expect(try await words(space, place) == "One")
    }

    @Test func followingEndsByCancellingAndCloses() async throws {
        let (field, space, place) = try await field()
        let following = Task { await field.follow() }
        try await fake.otherTypes(space, place, at: 0, "Ward 3.")
        await becomes { field.text == "Ward 3." }
        following.cancel()
        await following.value
        #expect(!field.isOpen && fake.nListeners == 0)
    }

    @Test func differencesNeverCutACharacter() {
        #expect(Units("a😀b").difference(to: Units("a😁b")) == TextSplice(range: TextRange(1, 3), text: "😁"))
        #expect(Units("same").difference(to: Units("same")) == nil)
        #expect(Units("e\u{301}").difference(to: Units("e")) == TextSplice(range: TextRange(0, 2), text: "e"))
        #expect(Units("aaa").difference(to: Units("aa"))?.range.count == 1)
        #expect(TextRange(5, 9).after(TextSplice(range: TextRange(0, 2), text: "1234")) == TextRange(7, 11))
        #expect(TextRange(1, 4).after(TextSplice(range: TextRange(3, 6), text: "")) == TextRange(1, 3))
    }
}

/// Waits until something that is observed holds.
@MainActor
func becomes(_ holds: @escaping @MainActor () -> Bool) async {
    while !holds() {
        await withCheckedContinuation { next in
            withObservationTracking { _ = holds() } onChange: { next.resume() }
        }
        await Task.yield()
    }
}
