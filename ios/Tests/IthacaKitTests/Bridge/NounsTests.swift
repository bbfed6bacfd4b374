// Every noun once through the library.
import Foundation
import Testing

@testable import IthacaKit

@Suite("Nouns", .timeLimit(.minutes(2)))
struct NounsTests {
    @Test func notesTagsPagesBinHistory() async throws {
        try await together { ana, _, space, _ in
            let c = ana.client
            for n in 0..<25 { _ = try await c.newNote(space, title: "Note \(n)") }
            let first = try await c.notes(NoteFilter(space: space), offset: 0, limit: 10)
            let last = try await c.notes(NoteFilter(space: space), offset: 20, limit: 10)
            #expect(first.lines.first?.title == "Note 24" && last.lines.last?.title == "Note 0")
            #expect(first.more && !last.more)
            _ = try await c.newPrivateNote(space, title: "Only mine")
            #expect(try await c.notes(NoteFilter(space: space, withPrivate: true), limit: 1).lines.first?.isPrivate == true)
            let note = try #require(first.lines.first?.id)
            try await c.editNote(space, note, [.tag("Ward", on: true), .date(today), .place("Site 3"), .title("Plan")])
            let seen = try await c.note(space, note)
            #expect(seen.title == "Plan" && seen.tags == ["Ward"] && seen.date == today && seen.place == "Site 3")
            // It may have gone to the relay by itself meanwhile; the other's phone has not been asked.
            #expect(seen.at != .other)
            #expect(try await c.placeOf(space, document: note.text) != .other)
            #expect(try await c.notes(NoteFilter(tag: "ward")).lines.map(\.id) == [note])
            let history = try await c.history(space, document: note.text)
            #expect(history.contains { $0.deed == .replaced && $0.to == "Plan" && $0.by?.me == true })
            try await c.editNote(space, note, [.delete])
            #expect(try await c.notes(NoteFilter(space: space, bin: true)).lines.map(\.id) == [note])
            try await c.editNote(space, note, [.restore])
            #expect(try await c.notHolding(space, note).map(\.name) == ["Ben"])
            try await c.deleteForGood(space, note)
            #expect(isNotFound(await fault { try await c.note(space, note) }))
        }
    }

    @Test func whatIsNoIdIsNamedAndNothingOfTheCallIsDone() async throws {
        try await together { ana, _, space, _ in
            let c = ana.client
            let goal = try await c.newGoal(space, GoalDraft(title: "Safe handover"))
            #expect(isBadInput(await fault { try await c.home(SpaceId("zz"), today: today) }, .id))
            let edits: [GoalEdit] = [.stretch(goal, on: true), .delete(ItemId("not an id"))]
            #expect(isBadInput(await fault { try await c.editGoals(space, edits) }, .id))
            #expect(try await c.goal(space, goal).stretch == false)
            #expect(isNotFound(await fault { try await c.goal(space, GoalId(String(repeating: "00", count: 16))) }))
        }
    }

    @Test func goalsMilestonesActionsAndYouTwoDiffer() async throws {
        try await together { ana, ben, space, _ in
            let c = ana.client
            let draft = GoalDraft(title: "Safe handover", why: "Nothing gets lost.", stretch: true, target: today)
            let goal = try await c.newGoal(space, draft)
            let step = try await c.newMilestone(space, goal, text: "Do one alone")
            _ = try await c.newMilestone(space, goal, text: "Teach one")
            let me = c.state().person
            _ = try await c.newAction(space, ActionDraft(text: "Print checklist", owners: [me]))
            let twin = try await c.newAction(space, ActionDraft(text: "print checklist", owners: [me], due: today))
            try await c.editGoals(space, [.ticked(step, date: today), .review(goal, date: today.adding(7))])
            let seen = try await c.goal(space, goal)
            #expect(seen.done == 1 && seen.of == 2 && seen.review == today.adding(7) && seen.why.words == "Nothing gets lost.")
            let actions = try await c.actions(space)
            #expect(actions.open.first?.id == twin && actions.sameThing.count == 1)
            try await c.editGoals(space, [.delete(twin)])
            #expect(try await c.actions(space).bin.map(\.id) == [twin])
            try await bothSync(ana, ben)
            try await c.setGoalStatus(space, goal, .achieved, reason: "Three nights alone")
            try await ben.client.setGoalStatus(space, goal, .paused, reason: "Exams")
            try await bothSync(ana, ben)
            let card = try #require(try await c.cards(space).first)
            #expect(card.noun == .goal && card.meanwhile == "active" && card.values.count == 2)
            try await c.keepValue(card, try #require(card.values.firstIndex { $0.by?.me == true }))
            #expect(isNotFound(await fault { try await c.keepValue(card, 0) }))
            #expect(isNotFound(await fault { try await c.keepValue(card, 9) }))
            try await bothSync(ana, ben)
            #expect(try await ben.client.goals(space).map(\.status) == [.achieved])
        }
    }

    @Test func aSessionBeforeDuringAfterAndTheHomeInOneCall() async throws {
        try await together { ana, ben, space, _ in
            let (c, b) = (ana.client, ben.client)
            try await c.editPair(space, [.kind("apprenticeship"), .role("resuscitation", mentor: c.state().person), .myZone("Africa/Nairobi")])
            let at = Date(ms: 1_930_000_000_000)
            let edits: [SessionEdit] = [.addAgenda("Night shift"), .addAgenda("Bag and mask"), .propose(at, zone: "Africa/Nairobi")]
            let session = try await c.planSession(space, title: "First visit", day: today, edits)
            try await bothSync(ana, ben)
            let proposal = try #require(try await b.session(space, session).proposals.first)
            try await b.editSession(space, session, [.acceptTime(proposal.id, on: true)])
            #expect(try await b.prompts(space, .before).first == Prompt(name: "arriving", kind: .scale))
            let action = try await b.newAction(space, ActionDraft(text: "Print checklist", owners: [b.state().person]))
            let tooMuch = [Answer(prompt: "arriving", scale: 300)]
            #expect(isBadInput(await fault { try await b.submitForm(space, session, .before, tooMuch, today: today, alone: false) }, .value))
            let answers = [
                Answer(prompt: "arriving", scale: 2), Answer(prompt: "worth", words: "handover"),
                Answer(prompt: "tried", chosen: [action.text]),
            ]
            try await b.submitForm(space, session, .before, answers, today: today, alone: false)
            try await bothSync(ana, ben)
            let home = try await c.home(space, today: today)
            #expect(home.next?.agreed == at && home.next?.ready.map(\.name) == ["Ben"])
            #expect(home.mentor && home.promised.isEmpty && home.kind == "apprenticeship")
            let point = try #require(try await c.session(space, session).agenda.first)
            try await c.editSession(space, point.document, [.tickAgenda(point.id, date: today), .technique("showing", on: true)])
            try await c.submitForm(space, session, .after, [Answer(prompt: "techniques", chosen: ["harvesting"])], today: today, alone: false)
            let harvest = [Answer(prompt: "learned", words: "Say the dose aloud"), Answer(prompt: "useful", scale: 5)]
            try await c.submitForm(space, session, .harvest, harvest, today: today, alone: false)
            let nothing = [Answer(prompt: "learned", words: " ")]
            #expect(isRefused(await fault { try await c.submitForm(space, session, .harvest, nothing, today: today, alone: false) }))
            try await c.keepMinutes(space, session, text: "Minutes", alone: false)
            try await b.submitForm(space, session, .after, [Answer(prompt: "heard", scale: 2)], today: today, alone: true)
            try await b.keepMinutes(space, session, text: "It was tense", alone: true)
            try await bothSync(ana, ben)
            let mine = try await b.session(space, session)
            #expect(mine.forms.filter(\.alone).map(\.form) == [.after] && mine.minutes.filter(\.alone).map(\.text) == ["It was tense"])
            try await c.setSessionState(space, session, .held)
            let held = try await c.session(space, session)
            #expect(held.forms.count == 3 && held.minutes.count == 1 && held.techniques.count == 2 && held.line.state == .held)
            let second = try await c.planSession(space, title: "Second", day: today.adding(14))
            #expect(try await c.session(space, second).agenda.map(\.carriedFrom) == [session])
            let twin = try await c.planSession(space, title: "Visit", day: today.adding(14))
            #expect(try await c.sessions(space).sameMeeting.count == 1)
            try await c.sameMeeting(space, second, twin, same: true)
            #expect(try await c.session(space, twin).documents.count == 2)
            #expect(try await c.insights(space, last: 6).nSessions == 1)
            let relationship = try await c.relationship(space)
            #expect(relationship.roles.first?.mentor.me == true && relationship.people.first { $0.who.me }?.zone == "Africa/Nairobi")
        }
    }

    @Test func messagesReactionsTakingBackSearch() async throws {
        try await together { ana, ben, space, _ in
            let c = ana.client
            var all: [MessageId] = []
            for n in 0..<12 { all.append(try await c.say(space, "Message \(n)")) }
            let last = try await c.messages(space, limit: 5)
            let before = try await c.messages(space, before: last.before, limit: 5)
            #expect(last.messages.last?.text == "Message 11" && before.messages.first?.text == "Message 2")
            #expect(try await c.messages(space, before: before.before, limit: 5).before == nil)
            try await bothSync(ana, ben)
            try await ben.client.react(space, all[0], emoji: "👍", on: true)
            _ = try await ben.client.say(space, "Good.", reply: all[1])
            try await c.reword(space, all[2], text: "Reworded")
            try await c.withdrawMessage(space, all[3])
            try await bothSync(ana, ben)
            let seen = try await c.messages(space, limit: 100).messages
            #expect(seen[0].reactions.first?.people.map(\.name) == ["Ben"])
            #expect(seen[2].editedAt != nil && seen[3].text == nil && seen[3].mayHaveBeenRead)
            #expect(seen.last?.reply == all[1] && seen[5].at == .other)
            // What was read is told by whoever says so.
            try await ben.client.readTo(space, all[5])
            try await ben.client.tellWhatIsRead(space, on: true)
            try await ben.client.readTo(space, all[4])
            try await bothSync(ana, ben)
            let told = try await c.messages(space, limit: 100).messages
            #expect([4, 5].map { told[$0].readBy.map(\.name) } == [["Ben"], []])
            let mine = try await c.pairs()
            let theirs = try await ben.client.pairs()
            #expect(mine.map(\.receipts) == [false] && theirs.map(\.receipts) == [true])
            // The relay stays until another is known to every device.
            let kept = mine[0].relays
            #expect(isRefused(await fault { try await c.keepAt(space, []) }))
            #expect(isBadInput(await fault { try await c.keepAt(space, kept + ["nowhere"]) }, .address))
            try await c.keepAt(space, kept + ["http://127.0.0.1:9"])
            #expect(try await c.pairs()[0].relays.count == 2)
            #expect(isRefused(await fault { try await c.keepAt(space, ["http://127.0.0.1:9"]) }))
            #expect(try await c.search("reword", space: space, limit: 9).map(\.id) == [all[2].text])
            #expect(isBadInput(await fault { try await c.say(space, " ") }, .value))
            let long = String(repeating: "x", count: 70_000)
            #expect(isRefused(await fault { try await c.say(space, long) }))
        }
    }

    @Test func settingsExportImportNoticesWhatOthersSee() async throws {
        try await together { ana, ben, space, relay in
            let c = ana.client
            #expect(try await c.setting("theme") == nil)
            try await c.keepSetting("theme", "dark")
            #expect(try await c.draft("say.1") == "")
            try await c.keepDraft("say.1", "half a word")
            try await c.suspendEngine()
            try await c.resumeEngine()
            #expect(try await c.setting("theme") == "dark")
            #expect(try await c.draft("say.1") == "half a word")
            try await c.tellDraft("say.1")
            _ = try await c.newNote(space, title: "Plan")
            _ = try await c.newPrivateNote(space, title: "zebra-47")
            try await bothSync(ana, ben)
            let seen = try await c.visibility(space)
            #expect(seen.privateNotes == 1 && seen.shared == 1 && seen.readers.count == 2 && seen.relays == [relay.origin])
            let json = try await c.exportSpace(space, .json)
            let page = try await c.exportSpace(space, .markdown)
            #expect(!json.contains("zebra-47") && page.contains("Plan"))
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json")
            try json.write(to: file, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(at: file) }
            try await phone("Dee") { dee in
                let copy = try await dee.client.importFile(file.path)
                #expect(copy.savedCopy && copy.sameCode)
                #expect(isReadOnly(await fault { try await dee.client.newNote(copy.space, title: "x") }))
                #expect(isBadInput(await fault { try await dee.client.importFile("/nowhere") }, .file))
            }
            for notice in try await c.notices() { try await c.dismiss(notice) }
            #expect(try await c.notices().isEmpty)
            #expect(try await c.doctor().contains { $0.good })
            let status = try await c.status()
            #expect(status.spaces.first?.isPrivate == true && status.spaces.last?.foot.name == "Ben")
            #expect(try await c.foot(space) == status.spaces.last?.foot)
            #expect(try await c.relay() == relay.origin)
        }
    }

    @Test func whatIsAheadAndRemindersTurnedOff() async throws {
        try await together { ana, _, space, _ in
            let c = ana.client
            _ = try await c.planSession(space, title: "First visit", day: today.adding(1))
            _ = try await c.newAction(space, ActionDraft(text: "Print checklist", owners: [c.state().person], due: today))
            let ahead = try await c.upcoming(from: today, until: today.adding(7))
            #expect(ahead.map(\.noun) == [.promise, .session] && ahead.map(\.with) == ["Ben", "Ben"])
            #expect(ahead.map(\.words) == ["Print checklist", "First visit"])
            try await c.keepSetting("reminders.\(space.text)", "off")
            #expect(try await c.upcoming(from: today, until: today.adding(7)).isEmpty)
        }
    }
}
