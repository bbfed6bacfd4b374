// The first run: a name, a language, what is private; then recovery words now or later. Nothing here needs a network.
import Observation

@MainActor
@Observable
public final class FirstRunModel: DoorModel {
    public var name = ""
    public private(set) var tried = false

    override public class var screen: Screen { .firstRun }
    override var isEmpty: Bool { name.isEmpty && !tried }
    override var isLong: Bool { name.count > 40 }

    public init(_ door: any Door, _ here: Here) { super.init(door, here) }

    /// The core takes as many.
    static let most = 100

    override public var problem: String? {
        if tried, trimmed(name).isEmpty { return words("first_run.name_missing") }
        if name.count > Self.most { return words("first_run.name_long", ["n": String(Self.most)]) }
        return super.problem
    }

    public var canBegin: Bool { !busy && name.count <= Self.most }
    public var languages: [(code: String, name: String)] { Words.languages.map { ($0, words("settings.language_\($0)")) } }
    public var privately: [String] { ["first_run.private_you", "first_run.private_two", "first_run.private_relay"].map { words($0) } }

    public func speak(_ language: String) { here = Here(words: Words(language), zone: here.zone, now: here.now) }

    /// Makes this person; the client is there afterwards.
    public func begin() async {
        tried = true
        guard canBegin, let name = given(name) else { return }
        guard let made = await attempt({ try await door.create(name: name) }) else { return }
        try? await made.keepSetting("language", words.language)
        client = made
    }
}
