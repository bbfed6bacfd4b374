// What the screens of the work decide: goals, sessions with their forms, history, search.
import Foundation
import Testing

@testable import IthacaKit

@MainActor
@Suite("Models of the work", .timeLimit(.minutes(1)))
struct PracticeModelTests {
    let fake = FakeClient()

    @Test func goalsAndTheSameThing() async throws {
        let space = await fake.addPair("Ben")
        let model = GoalsModel(client: fake, here: here, space: space)
        model.title = "Lead the morning round"
        let goal = try #require(await model.begin())
        #expect(model.title.isEmpty && model.goals.map { model.steps($0) } == ["No steps yet"])
        for text in ["Print checklist", "print checklist"] { _ = try await fake.newAction(space, ActionDraft(text: text)) }
        await model.read()
        #expect(model.same.count == 1 && model.same.first.map { model.about($0) } == "Two promises say “Print checklist”.")
        await model.same(model.same[0], true)
        #expect(model.actions.open.count == 1 && model.same.isEmpty)
        let one = GoalModel(client: fake, here: here, space: space, goal: goal)
        await one.read()
        #expect(one.state == .empty && one.noSteps != nil)
        one.step = "Do one alone"
        await one.addStep()
        await one.tick(one.goal!.milestones[0])
        #expect(one.goal?.done == 1 && one.step.isEmpty)
        one.promise = "Ask the nurse"
        one.promiseDue = here.today
        await one.keepPromise()
        #expect(try await fake.actions(space).open.first?.due == here.today)
        one.reason = "Three nights alone"
        await one.set(.achieved)
        #expect(one.status == "achieved" && one.reason.isEmpty && one.said.isEmpty)
        try await fake.differ(space, goal, mine: "achieved", theirs: "paused")
        await one.read()
        #expect(one.said == ["You says achieved", "Ben says paused"] && one.state == .differing)
        await model.read()
        #expect(model.steps(model.goals[0]) == "1 of 1 step")
    }

    @Test func answersThatAreKeptAndThenShared() async throws {
        let space = await fake.addPair("Ben")
        let session = try await fake.planSession(space, title: "Visit", day: here.today, [])
        let model = SessionModel(client: fake, here: here, space: space, session: session)
        await model.read()
        #expect(model.reader(.harvest) == "Ben reads this")
        model.keepAlone(.harvest, true)
        #expect(model.reader(.harvest).hasPrefix("Only your own devices"))
        model.answer(.harvest, Answer(prompt: "learned", words: "To wait"))
        await model.keep(.harvest)
        #expect(model.kept(.harvest)?.answers.first?.words == "To wait" && model.isAlone(.harvest) && model.share == "Share with Ben")
        await model.share(.harvest)
        #expect(model.kept(.harvest) == nil && model.mine(.harvest)?.alone == false && !model.isAlone(.harvest))
        model.keepAlone(.harvest, true)
        #expect(model.reader(.harvest).contains("What you shared before stays with Ben"))
        (model.minutes, model.minutesAlone) = ("Tense", true)
        await model.keepMinutes()
        let kept = try #require(model.session?.minutes.first)
        #expect(model.of(kept) == "Your minutes, for you alone")
        await model.share(kept)
        #expect(model.session?.minutes.map(\.alone) == [false])
    }

    @Test func whatWasBegunComesBackAfterARestart() async throws {
        let space = await fake.addPair("Ben")
        let session = try await fake.planSession(space, title: "Visit", day: here.today, [])
        func opened() async -> SessionModel {
            let model = SessionModel(client: fake, here: here, space: space, session: session)
            await model.read()
            return model
        }
        let before = await opened()
        before.answer(.before, Answer(prompt: "worth", words: "The \"handover\"\n{and} more"))
        before.answer(.harvest, Answer(prompt: "helped", scale: 2, chosen: ["calm"]))
        before.keepAlone(.harvest, true)
        (before.minutes, before.minutesAlone) = ("Tense", true)
        await before.begun.keep()
        await before.begun.leave()
        #expect(await fake.told["session.\(session.text)"]?.contains("Tense") == true, "one's other devices have it")
        let after = await opened()
        #expect(after.drafts == before.drafts && after.isAlone(.harvest) && !after.isAlone(.before))
        #expect(after.minutes == "Tense" && after.minutesAlone)
        await after.keepMinutes()
        await after.keep(.harvest)
        let last = await opened()
        #expect(last.drafts.keys.map(\.rawValue) == ["before"] && last.minutes == "Tense" && last.minutesAlone, "kept minutes are written on")
        #expect(last.session?.minutes.map(\.text) == ["Tense"])
        await last.keep(.before)
        #expect(try await fake.draft("session.\(session.text)") == "")
    }

    @Test func aLineOfAnotherVersionIsNothingBegun() {
        for text in ["", "{", "[]", "{\"BEFORE\":{\"worth\":\"plain\"}}", "{\"minutes\":7}"] { #expect(BegunSession(text) == BegunSession(), "\(text)") }
        let line = "{\"HARVEST\":{\"helped\":{\"words\":null,\"scale\":2,\"chosen\":[\"calm\"]}},\"alone\":[\"HARVEST\"],\"minutes\":{\"words\":\"x\",\"alone\":true}}"
        let read = BegunSession(line)
        #expect(read.answers == [.harvest: ["helped": Answer(prompt: "helped", scale: 2, chosen: ["calm"])]] && read.alone == [.harvest])
        #expect(read.minutes == "x" && read.minutesAlone, "as Android writes it")
    }

    @Test func aSessionInFourSteps() async throws {
        let space = await fake.addPair("Ben")
        let action = try await fake.newAction(space, ActionDraft(text: "Print checklist", owners: [fake.me.person]))
        let sessions = SessionsModel(client: fake, here: here, space: space)
        sessions.title = "First visit"
        sessions.day = here.today
        let session = try #require(await sessions.plan())
        #expect(sessions.ahead.count == 1 && sessions.past.isEmpty && sessions.day == nil)
        let model = SessionModel(client: fake, here: here, space: space, session: session)
        await model.read()
        #expect(model.isOpen(.before) && model.when == "Today" && model.filled(.before) == "Ben has not answered yet.")
        await model.keep(.before)
        #expect(model.problem == "Answer at least one question, then keep it." && model.state == .error)
        let prompts = try #require(model.prompts[.before])
        #expect(prompts.map { model.words(.before, $0) }.first == "How are you arriving?" && model.ends(prompts[0]).low == "worn out")
        let tried = try #require(prompts.first { $0.name == "tried" })
        #expect(model.offered(tried).map(\.words) == ["Print checklist"])
        model.answer(.before, Answer(prompt: "arriving", scale: 2))
        model.answer(.before, Answer(prompt: "tried", chosen: [action.text]))
        #expect(model.problem == nil && model.draft(.before, prompts[0]).scale == 2)
        await model.keep(.before)
        #expect(model.isDone(.before) && model.isOpen(.during))
        #expect(try await fake.actions(space).done.map(\.id) == [action])
        #expect(model.draft(.before, prompts[0]).scale == 2)
        model.point = "Night shift"
        await model.addPoint()
        await model.tick(model.session!.agenda[0])
        #expect(model.session?.agenda[0].done.count == 1 && model.point.isEmpty)
        await model.technique("showing", true)
        await model.propose(noon)
        let proposal = try #require(model.session?.proposals.first)
        #expect(!model.canAccept(proposal))
        await model.set(.held)
        #expect(model.isOpen(.after) && model.session?.techniques == ["showing"])
        model.answer(.harvest, Answer(prompt: "useful", scale: 9))
        await model.keep(.harvest)
        #expect(model.problem == "This does not fit here, or is too long. Change it, then try again.")
        model.answer(.harvest, Answer(prompt: "useful", scale: 5))
        await model.keep(.harvest)
        #expect(model.isDone(.harvest) && model.problem == nil)
        model.open(.before, true)
        #expect(model.isOpen(.before) && model.isOpen(.after))
        await sessions.read()
        #expect(sessions.past.map { sessions.when($0) } == ["held · Today"])
    }

    @Test func twoSessionsOfOneDayMayBeOneMeeting() async throws {
        let space = await fake.addPair("Ben")
        for title in ["Visit", "Ward round"] { _ = try await fake.planSession(space, title: title, day: today) }
        let model = SessionsModel(client: fake, here: here, space: space)
        await model.read()
        #expect(model.same.count == 1 && model.about(model.same[0]).hasPrefix("You both made a session for "))
        await model.same(model.same[0], true)
        #expect(model.sessions.lines.count == 1)
    }

    @Test func historyUpToADay() async throws {
        let space = await fake.addPair("Ben")
        let line = { (day: Double, deed: HistoryDeed, from: String, to: String) in
            HistoryLine(
                at: noon.addingTimeInterval(day * 86_400), by: self.fake.me, item: nil, noun: "note", field: "title", label: "title",
                deed: deed, from: from, to: to, person: nil, afterEnd: day == 2)
        }
        let all = [line(0, .replaced, "", "Plan"), line(1, .replaced, "Plan", "The plan"), line(2, .deleted, "", "")]
        for one in all { try await fake.addHistory(space, one) }
        let model = HistoryModel(client: fake, here: here, space: space, document: "note")
        await model.read()
        #expect(model.shown.map { model.sentence($0) } == [
            "You put it in the bin", "You changed title: “Plan” to “The plan”", "You set title: “Plan”",
        ])
        #expect(model.when(model.shown[0]).hasSuffix("written after the end") && model.days.count == 3 && model.span != nil)
        model.until = model.days[0]
        #expect(model.shown.count == 1)
    }

    @Test func searchTellsWhatMatched() async throws {
        let space = await fake.addPair("Ben")
        _ = try await fake.newNote(space, title: "Checklist")
        let model = SearchModel(client: fake, here: here)
        #expect(model.empty.hasPrefix("Search notes") && model.example == "checklist")
        model.query = "zebra"
        await model.look()
        #expect(model.empty == "Nothing found for “zebra”." && model.example == nil)
        model.query = "checklist"
        await model.look()
        #expect(model.count == "1 found" && model.found.map { model.line($0) } == ["Note · Ben"])
        let found = Found(space: space, noun: .note, id: "x", excerpt: "the [check] and [list] here")
        #expect(model.pieces(found).map(\.text) == ["the ", "check", " and ", "list", " here"])
        #expect(model.pieces(found).map(\.matched) == [false, true, false, true, false])
        await model.clear()
        #expect(model.found.isEmpty)
    }
}
