// What the screens of one pair decide: sentences, buttons, what stays when something goes wrong.
import Foundation
import Testing

@testable import IthacaKit

@MainActor
@Suite("Models of a pair", .timeLimit(.minutes(1)))
struct PairModelTests {
    let fake = FakeClient()

    @Test func theHomeSaysWhatWasPromisedAndWhetherItIsSafe() async throws {
        let space = await fake.addPair("Ben")
        let model = PairHomeModel(client: fake, here: here, space: space)
        await model.read()
        #expect(model.name == "Ben" && model.line == "pair · initiation")
        #expect(model.foot == "All on Ben's phone" && !model.canPromise)
        model.promise = " Print the checklist "
        #expect(model.canPromise)
        await model.keepPromise()
        #expect(model.promised.map(\.text) == ["Print the checklist"] && model.promise.isEmpty)
        #expect(model.owner(model.promised[0]) == "yours" && model.tickLabel(model.promised[0]) == "Done: Print the checklist")
        await model.tick(model.promised[0])
        #expect(model.promised.isEmpty)
        try await fake.say(space, "Hello")
        await model.read()
        #expect(model.foot == "1 waiting for signal")
        _ = try await fake.planSession(space, title: "Visit", day: here.today.adding(1))
        await model.read()
        #expect(model.nextWhen == "Tomorrow" && model.readiness == ["You: not yet", "Ben: not yet"])
        try await fake.addCard(space)
        try await fake.addCard(space)
        try await fake.addProposal(space, .cultivation)
        await model.read()
        #expect(model.card != nil && model.moreCards == "1 more on which you two differ" && model.state == .differing)
        #expect(model.proposed == ["Ben proposes: cultivation"])
    }

    @Test func aPromiseThatCouldNotBeKeptStaysTyped() async throws {
        let space = await fake.addPair("Ben")
        let model = PairHomeModel(client: fake, here: here, space: space)
        await model.read()
        model.promise = "Print"
        await fake.fail(.storageFull)
        await model.keepPromise()
        #expect(model.promise == "Print" && model.state == .error)
        #expect(model.problem == "There is no room left. What you typed is still here; free some room, then try again.")
        model.dismiss()
        #expect(model.problem == nil)
        await model.keepPromise()
        #expect(model.promise.isEmpty)
    }

    @Test(arguments: [PairState.paused, .ended, .left, .otherLeft, .blocked, .savedCopy])
    func aPairThatDoesNotRunSaysSo(state: PairState) async throws {
        let space = await fake.addPair("Ben", state: state)
        let home = PairHomeModel(client: fake, here: here, space: space)
        let about = PairStateModel(client: fake, here: here, space: space)
        await home.read()
        await about.read()
        #expect(home.standing != nil && home.standing == about.standing)
        #expect(home.canWrite == [.paused, .ended, .blocked].contains(state))
        #expect(about.steps.contains(.leave) == ![.left, .savedCopy].contains(state))
    }

    @Test func footLinesNameWhatIsNotConfirmed() {
        let days = { (n: Double) in noon.addingTimeInterval(-n * 86_400) }
        let foot = { (here: Int, relay: Int, heard: Date?, since: Date?) in
            footLine(Foot(name: "Ben", here: here, onRelay: relay, heardAt: heard, unconfirmedSince: since), IthacaKitTests.here)
        }
        #expect(foot(2, 1, nil, nil) == "2 waiting for signal")
        #expect(foot(0, 2, nil, nil) == "2 on the relay, not yet on Ben's phone")
        #expect(foot(0, 0, noon, nil) == "All on Ben's phone")
        #expect(foot(0, 0, days(5), nil).hasPrefix("Ben's phone last heard of "))
        #expect(foot(2, 1, nil, days(4)).hasPrefix("Ben's phone has not confirmed anything since "))
        #expect(foot(2, 1, nil, days(1)) == "2 waiting for signal")
    }

    @Test func endingTakesASecondTapAndSaysWhatItMeans() async throws {
        let space = await fake.addPair("Ben")
        let model = PairStateModel(client: fake, here: here, space: space)
        await model.read()
        #expect(model.steps == [.pause, .end, .leave, .block] && model.consequence == nil)
        model.ask(.leave)
        #expect(model.consequence?.contains("cannot be undone") == true && !model.takesReason)
        model.think()
        model.ask(.pause)
        model.reason = "Exams"
        #expect(model.takesReason)
        await model.sure()
        #expect(model.asking == nil && model.reason.isEmpty && model.steps.first == .resume)
        try await fake.addProposal(space, .cultivation)
        await model.read()
        #expect(model.agreeLabel == "Agree to cultivation" && model.proposeLabel == nil)
        await model.agree()
        #expect(model.stage == "cultivation" && model.proposeLabel == "Propose separation")
        await model.compared(.spoken)
        #expect(model.compared.hasPrefix("Compared by voice on "))
        model.topic = "Resuscitation"
        await model.addTopic(me: true)
        #expect(model.about?.roles.map { model.mentors($0) } == ["You mentor"] && model.topic.isEmpty)
    }

    @Test func whatWasReadIsToldOnlyByWhoSaysSo() async throws {
        let space = await fake.addPair("Ben")
        _ = try await fake.addMessage(space, "Hi")
        let messages = MessagesModel(client: fake, here: here, space: space)
        await messages.read()
        #expect(await fake.read.isEmpty)
        let model = PairStateModel(client: fake, here: here, space: space)
        await model.read()
        #expect(model.receipts == "Ben is not told which messages you have read." && model.receiptsLabel == "Tell Ben from now on")
        await model.turnReceipts()
        #expect(model.receipts == "Ben sees which messages you have read." && model.receiptsLabel == "Stop telling Ben")
        await messages.read()
        #expect(await fake.read == [space: messages.messages[0].id])
    }

    @Test func aPairMovesInTwoSteps() async throws {
        let space = await fake.addPair("Ben")
        let model = PairStateModel(client: fake, here: here, space: space)
        await model.read()
        #expect(model.relays.isEmpty && !model.canMove)
        model.relay = "relay.example"
        await model.keepToo()
        #expect(model.problem != nil && model.relay == "relay.example", "what was typed stays")
        for relay in ["https://old.example", "https://new.example"] {
            model.relay = relay
            await model.keepToo()
        }
        #expect(model.relays == ["https://old.example", "https://new.example"] && model.relay.isEmpty && model.canMove)
        await fake.fail(.refused(why: "not every device"))
        await model.keepNoLonger("https://old.example")
        #expect(model.neededLine?.hasPrefix("https://old.example stays for now") == true && model.problem == nil && model.relays.count == 2)
        await model.keepNoLonger("https://old.example")
        #expect(model.neededLine == nil && model.relays == ["https://new.example"] && !model.canMove)
    }

    @Test func whatBothAgreedIsTextsToTypeIn() async throws {
        let space = await fake.addPair("Ben")
        let model = PairStateModel(client: fake, here: here, space: space)
        await model.read()
        #expect(model.openClauses.count == 8 && model.openSections.count == 4 && model.clause("purpose") == "purpose")
        await model.addClause("confidentiality")
        await model.addPlan("one_thing")
        #expect(model.openClauses.count == 7 && model.about?.plan.map { model.section($0.title) } == ["the one thing"])
        let clause = try #require(model.about?.clauses.first)
        let field = model.field(clause)
        await field.open()
        field.type(TextRange(0, 0), "Between us")
        await field.close()
        await model.read()
        #expect(model.about?.clauses.first?.text.words == "Between us" && model.clause(clause.title) == "what stays between us")
        model.cadence = "Every two weeks"
        await model.read()
        #expect(model.cadence == "Every two weeks", "what is being typed is not overwritten")
        await model.keepCadence()
        model.reachable = "Evenings"
        await model.keepReachable()
        #expect(model.about?.cadence == "Every two weeks" && model.about?.people.first?.reachable == "Evenings")
        await model.makeRescue()
        #expect(model.rescueFile == nil && isRefused(model.fault))
    }

    @Test func notesAreBegunBinnedAndGoForGoodAfterAWord() async throws {
        let space = await fake.addPair("Ben")
        let model = NotesModel(client: fake, here: here, space: space)
        let begun = try #require(await model.begin("What went well"))
        let mine = try #require(await model.begin("Mine", privately: true))
        #expect(begun.0 == space && mine.0 != space)
        await model.read()
        #expect(model.lines.count == 2 && model.lines.first.map { model.mark($0) } == "Only on your devices")
        try await fake.editNote(space, begun.1, [.delete, .tag("ward", on: true)])
        await model.look(inBin: true)
        #expect(model.lines.map(\.title) == ["What went well"] && model.tags == ["ward"])
        await model.askForGood(model.lines[0])
        #expect(model.leaving?.about.contains("Ben's phone has not answered yet") == true)
        model.keep()
        await model.deleteForGood()
        #expect(model.lines.count == 1)
        await model.askForGood(model.lines[0])
        await model.deleteForGood()
        #expect(model.lines.isEmpty && model.empty == "The bin is empty.")
    }

    @Test func aNoteSaysWhereItIsWhoWroteAndWhatDiffers() async throws {
        let space = await fake.addPair("Ben")
        let note = try await fake.newNote(space, title: "Plan")
        try await fake.otherTypes(space, .note(note), at: 0, "Tuesday Friday")
        let model = NoteModel(client: fake, here: here, space: space, note: note, pause: { await Task.yield() })
        await model.body.open()
        await model.read()
        #expect(model.title == "Plan" && model.place == "On this phone. It goes when there is signal.")
        let wordings = [Wording(run: "a", words: "Tuesday", range: 0..<7, by: [fake.me]), Wording(run: "b", words: "Friday", range: 8..<14, by: [])]
        try await fake.differ(space, note, wordings: [wordings])
        await model.read()
        #expect(model.state == .differing && model.label(wordings[0]) == "Keep “Tuesday” (You)")
        await model.choose(wordings[0])
        #expect(model.choices.isEmpty && model.body.text == "Tuesday")
        model.title = "The plan"
        await model.keepTitle()
        model.tag = " ward "
        await model.addTag()
        #expect(model.note?.title == "The plan" && model.note?.tags == ["ward"] && model.tag.isEmpty)
        try await fake.otherTypes(space, .note(note), at: 0, "On ")
        await model.body.refresh()
        #expect(model.freshLine == "Ben wrote this just now")
        await model.delete()
        #expect(model.binned == "This note is in the bin.")
    }

    @Test func aTitleThatIsBeingTypedIsNotOverwritten() async throws {
        let space = await fake.addPair("Ben")
        let note = try await fake.newNote(space, title: "Plan")
        let model = NoteModel(client: fake, here: here, space: space, note: note)
        await model.read()
        model.title = "Plan for Mon"
        try await fake.editNote(space, note, [.title("Other")])
        await model.read()
        #expect(model.title == "Plan for Mon")
    }

    @Test func aMessageThatWasBegunComesBackUntilItIsSaid() async throws {
        let space = await fake.addPair("Ben")
        func opened() async -> MessagesModel {
            let model = MessagesModel(client: fake, here: here, space: space)
            await model.read()
            return model
        }
        let first = await opened()
        await fake.fail(.offline)
        first.draft = "See you on"
        await first.begun.keep()
        #expect(first.draft == "See you on", "what cannot be kept stays on the screen")
        await first.begun.keep()
        let second = await opened()
        #expect(second.draft == "See you on")
        second.draft += " Monday"
        await second.say()
        second.reword(second.messages[0])
        second.draft = "See you on Tuesday"
        await second.begun.keep()
        let third = await opened()
        #expect(third.draft.isEmpty && third.messages.map(\.text) == ["See you on Monday"])

        let following = Task { await third.follow() }
        third.draft = "And bring"
        #expect(await fake.told["say.\(space.text)"] == "", "said, so nothing is left of it")
        following.cancel()
        await following.value
        #expect(await fake.told["say.\(space.text)"] == "And bring", "the screen was left, and one's other devices go on there")
    }

    @Test func messagesLookWrittenNotFailed() async throws {
        let space = await fake.addPair("Ben")
        await fake.goOnline(false)
        let model = MessagesModel(client: fake, here: here, space: space)
        await model.read()
        model.draft = "Hello"
        #expect(model.canSay)
        await model.say()
        #expect(model.messages.map { model.place($0) } == ["here"] && model.problem == nil && model.state == .offline)
        let theirs = try await fake.addMessage(space, "Hi")
        await model.read()
        let answered = try #require(model.messages.first { $0.id == theirs })
        #expect(model.place(answered) == nil && !model.canChange(answered))
        model.answer(answered)
        #expect(model.replyLine == "Answer to “Hi”")
        model.draft = "Yes"
        await model.say()
        #expect(model.messages.last?.reply == theirs && model.reply == nil)
        model.reword(model.messages[0])
        #expect(model.draft == "Hello")
        model.draft = "Hello Ben"
        await model.say()
        #expect(model.messages[0].text == "Hello Ben" && model.messages.count == 3)
        await model.withdraw(model.messages[0])
        #expect(model.text(model.messages[0]) == "withdrawn")
        await model.react(model.messages[1], "👍")
        #expect(model.messages[1].reactions.map { model.reacted($0) } == ["👍 You"])
        try await fake.endPair(space, reason: nil)
        await model.read()
        model.draft = "x"
        #expect(model.ended != nil && !model.canSay)
    }

    @Test func cardsKeepOneOrGoOnTheAgenda() async throws {
        let space = await fake.addPair("Ben")
        let card = try await fake.addCard(space)
        let model = CardsModel(client: fake, here: here, space: space)
        await model.read()
        #expect(model.about(card) == "Goal “Safe handover”: status" && model.meanwhile(card) == "Meanwhile “active” is shown.")
        #expect(model.keepLabel(0, of: card) == "Keep this" && model.keepLabel(1, of: card) == "Keep that")
        #expect(card.values.map { model.value($0, of: card) } == ["achieved", "paused"])
        await model.talk(about: card)
        #expect(model.talked == "It is on the agenda of Title." || model.talked?.hasPrefix("It is on the agenda of") == true)
        let sessions = try await fake.sessions(space).lines
        #expect(try await fake.session(space, sessions[0].id).agenda.map(\.text.words) == ["Goal “Safe handover”: status?"])
        await model.keep(1, of: card)
        #expect(model.cards.isEmpty && model.empty == "You two agree on everything written down.")
    }
}
