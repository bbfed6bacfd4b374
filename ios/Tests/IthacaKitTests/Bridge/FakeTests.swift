// What screens rely on holds for the fake as for the library: each story runs over both.
import Testing

@testable import IthacaKit

@Suite("Fake", .timeLimit(.minutes(2)))
struct FakeTests {
    enum Over: String, CaseIterable { case fake, library }

    private func story(_ over: Over, _ act: (any Client, SpaceId) async throws -> Void) async throws {
        switch over {
        case .fake:
            let fake = FakeClient()
            try await act(fake, await fake.addPair("Ben"))
        case .library: try await together { ana, _, space, _ in try await act(ana.client, space) }
        }
    }

    @Test(arguments: Over.allCases) func notesAndText(over: Over) async throws {
        try await story(over) { c, space in
            let note = try await c.newNote(space, title: "Plan")
            try await c.editNote(space, note, [.tag("Ward", on: true), .date(today)])
            let open = try await c.openText(space, .note(note))
            func input(_ state: TextState, _ from: Int, _ to: Int, _ text: String) -> TextInput {
                let end = from + text.utf16.count
                return TextInput(generation: state.generation, replace: TextRange(from, to), text: text, selection: TextRange(end, end))
            }
            var state = try await c.typeIn(open.session, input(open.state, 0, 0, "Hi 😀"))
            state = try await c.typeIn(open.session, input(state, 0, 2, "Ho"))
            let (inside, past) = (input(state, 4, 4, "x"), input(state, 9, 9, "x"))
            #expect(isBadInput(await fault { try await c.typeIn(open.session, inside) }, .offset))
            #expect(isBadInput(await fault { try await c.typeIn(open.session, past) }, .offset))
            #expect(state.splices.isEmpty && state.selection == TextRange(2, 2))
            try await c.closeText(open.session)
            #expect(try await c.note(space, note).body.words == "Ho 😀")
            #expect(try await c.notes(NoteFilter(space: space, tag: "ward")).lines.map(\.id) == [note])
            try await c.editNote(space, note, [.delete])
            #expect(try await c.notes(NoteFilter(space: space)).lines.isEmpty)
            #expect(try await c.notes(NoteFilter(space: space, bin: true)).lines.count == 1)
            try await c.editNote(space, note, [.restore])
            try await c.deleteForGood(space, note)
            #expect(isNotFound(await fault { try await c.note(space, note) }))
        }
    }

    @Test(arguments: Over.allCases) func goalsAndActions(over: Over) async throws {
        try await story(over) { c, space in
            let goal = try await c.newGoal(space, GoalDraft(title: "Safe handover", stretch: true, target: today))
            let step = try await c.newMilestone(space, goal, text: "Do one alone")
            try await c.editGoals(space, [.ticked(step, date: today)])
            let seen = try await c.goal(space, goal)
            #expect(seen.done == 1 && seen.of == 1)
            let me = c.state().person
            let later = try await c.newAction(space, ActionDraft(text: "Print checklist", owners: [me]))
            let first = try await c.newAction(space, ActionDraft(text: "Say the dose", owners: [me], due: today))
            #expect(try await c.actions(space).open.map(\.id) == [first, later])
            #expect(try await c.upcoming(from: today, until: today.adding(7)).map(\.words) == ["Say the dose"])
            try await c.editGoals(space, [.ticked(first, date: today), .delete(later)])
            let actions = try await c.actions(space)
            #expect(actions.open.isEmpty && actions.done.count == 1 && actions.bin.count == 1)
            try await c.setGoalStatus(space, goal, .achieved, reason: "Done")
            #expect(try await c.goals(space).map(\.status) == [.achieved])
        }
    }

    @Test(arguments: Over.allCases) func sessionsAndTheHome(over: Over) async throws {
        try await story(over) { c, space in
            let session = try await c.planSession(space, title: "First visit", day: today, [.addAgenda("Night shift")])
            let home = try await c.home(space, today: today)
            #expect(home.next?.id == session && home.pair.other.name == "Ben")
            let prompt = try #require(try await c.prompts(space, .before).first)
            #expect(prompt.kind == .scale)
            try await c.submitForm(space, session, .before, [Answer(prompt: prompt.name, scale: 2)], today: today, alone: false)
            #expect(try await c.home(space, today: today).next?.ready.map(\.me) == [true])
            #expect(isRefused(await fault { try await c.submitForm(space, session, .harvest, [], today: today, alone: false) }))
            try await c.setSessionState(space, session, .held)
            #expect(try await c.session(space, session).line.state == .held)
            try await c.editSession(space, session, [.delete])
            #expect(try await c.sessions(space).bin.count == 1)
            try await c.editSession(space, session, [.restore])
            #expect(try await c.sessions(space).lines.count == 1)
        }
    }

    @Test(arguments: Over.allCases) func messagesAndChanges(over: Over) async throws {
        try await story(over) { c, space in
            var all: [MessageId] = []
            for n in 0..<7 { all.append(try await c.say(space, "Message \(n)")) }
            let last = try await c.messages(space, limit: 5)
            #expect(last.messages.map(\.id) == Array(all.suffix(5)))
            #expect(try await c.messages(space, before: last.before, limit: 5).messages.map(\.id) == Array(all.prefix(2)))
            try await c.react(space, all[0], emoji: "👍", on: true)
            try await c.reword(space, all[1], text: "Other words")
            try await c.withdrawMessage(space, all[2])
            let seen = try await c.messages(space).messages
            #expect(seen[0].reactions.first?.people.first?.me == true && seen[1].text == "Other words" && seen[2].text == nil)
            #expect(isBadInput(await fault { try await c.say(space, " ") }, .value))
            #expect(try await c.search("other words", space: space, limit: 9).map(\.noun) == [.message])
            try await c.keepSetting("theme", "dark")
            #expect(try await c.setting("theme") == "dark")
            try await c.keepDraft("say.1", "half a")
            try await c.tellDraft("say.1")
            #expect(try await (c.draft("say.1"), c.draft("say.2")) == ("half a", ""))
            var changes = c.changes().makeAsyncIterator()
            // Whatever else changes meanwhile comes with it.
            #expect(await changes.next()?.first == .everything)
            _ = try await c.newNote(space, title: "Plan")
            while let batch = await changes.next(), !batch.contains(.content(space)) {}
            try await c.leavePair(space)
            #expect(isReadOnly(await fault { try await c.say(space, "x") }))
            try await c.suspendEngine()
            #expect(await fault { try await c.pairs() } == .suspended)
            try await c.resumeEngine()
            try await c.shutDown()
            #expect(await fault { try await c.pairs() } == .closed)
        }
    }

    @Test func aFaultThatATestPutsInComesOnce() async throws {
        let fake = FakeClient()
        await fake.fail(.storageFull)
        #expect(await fault { try await fake.pairs() } == .storageFull)
        #expect(try await fake.pairs().isEmpty)
    }
}
