// Settings: kept on this device, sealed like everything else.
import Foundation
import Observation

@MainActor
@Observable
public final class SettingsModel: ScreenModel {
    public enum Theme: String, Sendable, CaseIterable { case system, light, dark }

    public static let sizes = [85, 100, 125, 150, 200]

    private let lock: any AppLock
    /// The app looks and speaks otherwise from now on.
    private let changed: @MainActor () async -> Void
    public private(set) var theme = Theme.system
    public private(set) var size = 100
    public private(set) var language: String
    public private(set) var locks = false
    public private(set) var showsNames = false
    public private(set) var relayInUse: String?
    public private(set) var pairs: [PairLine] = []
    public private(set) var silent: Set<SpaceId> = []
    public private(set) var exported: URL?
    public private(set) var imported: Imported?
    public var relay = ""
    public var account = ""

    override public class var screen: Screen { .settings }
    override func isAbout(_ change: Change) -> Bool { change == .engine }

    public init(client: any Client, here: Here, lock: any AppLock = NoLock(), changed: @escaping @MainActor () async -> Void = {}) {
        (self.lock, self.changed, language) = (lock, changed, here.words.language)
        super.init(client, here)
    }

    override func load() async {
        await attempt {
            theme = try await client.setting("theme").flatMap(Theme.init) ?? .system
            size = try await client.setting("text_size").flatMap { Int($0) } ?? 100
            language = try await client.setting("language") ?? here.words.language
            locks = try await client.setting("lock") == "on"
            showsNames = try await client.setting("reminders.names") == "on"
            (relayInUse, pairs) = (try await client.relay(), try await client.pairs())
            silent = []
            for pair in pairs where try await client.setting("reminders.\(pair.space.text)") == "off" { silent.insert(pair.space) }
        }
    }

    public var offlineLine: String? { online ? nil : words("settings.offline") }
    public var relayLine: String { relayInUse ?? words("settings.relay_none") }
    public var relaySees: String? { relayInUse == nil ? nil : words("settings.relay_sees") }
    public var canLock: Bool { lock.isThere() }
    public var lockLine: String { words(canLock ? "settings.lock_about" : "settings.lock_none") }
    public func label(_ theme: Theme) -> String { words("settings.theme_\(theme.rawValue)") }
    public func label(size: Int) -> String { words("settings.size", ["n": String(size)]) }
    public func reminders(_ pair: PairLine) -> String { words("settings.reminders", ["name": pair.other.name]) }

    public func choose(theme: Theme) async { await keep("theme", theme.rawValue) { self.theme = theme } }
    public func choose(size: Int) async { await keep("text_size", String(size)) { self.size = size } }
    public func choose(language: String) async { await keep("language", language) { self.language = language } }
    public func show(names: Bool) async { await keep("reminders.names", names ? "on" : "off") { showsNames = names } }

    /// Asks the phone's lock once before it is turned on: who cannot open it must not be shut out.
    public func lock(_ on: Bool) async {
        guard canLock else { return }
        if on, await !lock.unlock(reason: words("settings.lock_about")) { return }
        await keep("lock", on ? "on" : "off") { locks = on }
    }

    public func remind(_ pair: PairLine, _ on: Bool) async {
        await keep("reminders.\(pair.space.text)", on ? "on" : "off") {
            if on { silent.remove(pair.space) } else { silent.insert(pair.space) }
        }
    }

    public var canKeepRelay: Bool { !busy && given(relay) != nil }
    public func keepRelay() async {
        guard let address = given(relay) else { return }
        let account = given(account)
        guard let kept = await attempt({ try await client.setRelay(address, account: account) }) else { return }
        (relayInUse, relay, self.account) = (kept, "", "")
    }

    /// One pair's writing as a file; the system's sheet says where it goes.
    public func export(_ pair: PairLine, _ form: ExportForm) async {
        exported = await attempt {
            let text = try await client.exportSpace(pair.space, form)
            return try Outgoing.file("\(pair.other.name).\(form == .json ? "json" : "md")", Data(text.utf8))
        }
    }

    public func bringIn(_ path: String) async { imported = await attempt { try await client.importFile(path) } }
    public var importedLine: String? {
        imported.map {
            let code = $0.savedCopy ? "imported_copy" : $0.sameCode ? "imported_same" : "imported_more"
            return words("settings.imported", ["code": words("settings.\(code)")])
        }
    }

    private func keep(_ name: String, _ value: String, _ then: () -> Void) async {
        if await attempt({ try await client.keepSetting(name, value) }) != nil {
            then()
            await changed()
        }
    }
}
