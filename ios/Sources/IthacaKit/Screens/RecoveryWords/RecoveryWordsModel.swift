// Recovery words: made once, shown once, tried from the paper.
import Observation

@MainActor
@Observable
public final class RecoveryWordsModel: ScreenModel {
    public private(set) var status: WordsStatus?
    /// Shown until they are written down, and kept nowhere.
    public private(set) var made: NewWords?
    public private(set) var check: WordsCheck?
    public var old = ""
    public var paper = ""

    override public class var screen: Screen { .recoveryWords }
    override var isEmpty: Bool { status?.made != true && made == nil }
    override func isAbout(_ change: Change) -> Bool { change == .invites || change == .engine }

    public init(client: any Client, here: Here) { super.init(client, here) }

    override func load() async {
        if let status = await attempt({ try await client.wordsStatus() }) { self.status = status }
    }

    public var line: String { words(status?.made == true ? "recovery_words.made" : "recovery_words.none") }
    public var makeLabel: String { words(status?.made == true ? "recovery_words.new" : "recovery_words.make") }
    public var offlineLine: String? { online ? nil : words("recovery_words.offline") }
    public var asks: String? { status?.asksConsent.map { words("recovery_words.asks", ["device": $0]) } }
    public var waits: String? { status.flatMap { $0.waitsFor > 0 ? words.n("recovery_words.waits", $0.waitsFor) : nil } }
    public var numbered: [String] {
        (made?.words.split(separator: " ") ?? []).enumerated().map {
            words("recovery_words.word", ["n": String($0.offset + 1), "word": String($0.element)])
        }
    }
    public var beside: String {
        made?.relay.map { words("recovery_words.relay", ["relay": $0]) } ?? words("recovery_words.no_relay")
    }
    public var checked: String? { check.map { words("recovery_words.\(snake($0.rawValue))") } }
    public var canCheck: Bool { !busy && given(paper) != nil }

    public func make() async {
        let old = given(old)
        made = await attempt { try await client.newWords(old: old) }
        if made != nil { self.old = "" }
    }

    public func written() async {
        made = nil
        await read()
    }

    public func tryPaper() async {
        guard let paper = given(paper) else { return }
        check = await attempt { try await client.checkWords(paper) }
    }

    public func agree() async {
        if await attempt({ try await client.agreeToWords() }) != nil { await load() }
    }
}
