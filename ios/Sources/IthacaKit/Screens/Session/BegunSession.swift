// What a person began to answer in a session and did not keep yet, as one line of text; the same on Android.
import Foundation

struct BegunSession: Equatable {
    var answers: [SessionForm: [String: Answer]] = [:]
    /// The forms among them that are for oneself: who meant to keep something must not find it shared after a restart.
    var alone: Set<SessionForm> = []
    var minutes: String?
    var minutesAlone = false

    private struct Line: Codable {
        struct Given: Codable {
            var words: String?
            var scale: Int?
            var chosen: [String]?
        }
        struct Notes: Codable {
            var words: String
            var alone: Bool
        }
        var before: [String: Given]?
        var after: [String: Given]?
        var harvest: [String: Given]?
        var alone: [String]?
        var minutes: Notes?

        enum CodingKeys: String, CodingKey {
            case before = "BEFORE"
            case after = "AFTER"
            case harvest = "HARVEST"
            case alone, minutes
        }
    }

    init() {}

    /// What [`text`] says; nothing where an older or newer version wrote something else.
    init(_ text: String) {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8)) else { return }
        for (form, given) in [(SessionForm.before, line.before), (.after, line.after), (.harvest, line.harvest)] {
            for (prompt, one) in given ?? [:] {
                answers[form, default: [:]][prompt] = Answer(prompt: prompt, words: one.words, scale: one.scale, chosen: one.chosen ?? [])
            }
        }
        alone = Set((line.alone ?? []).compactMap { SessionForm(rawValue: $0.lowercased()) })
        (minutes, minutesAlone) = (line.minutes?.words, line.minutes?.alone ?? false)
    }

    /// Empty where nothing was begun.
    var text: String {
        guard minutes != nil || answers.values.contains(where: { !$0.isEmpty }) else { return "" }
        let given = { (form: SessionForm) in self.answers[form]?.mapValues { Line.Given(words: $0.words, scale: $0.scale, chosen: $0.chosen) } }
        let line = Line(
            before: given(.before), after: given(.after), harvest: given(.harvest), alone: alone.map { $0.rawValue.uppercased() }.sorted(),
            minutes: minutes.map { Line.Notes(words: $0, alone: minutesAlone) })
        return (try? JSONEncoder().encode(line)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
