// The app as a whole: the way in, the lock, going to sleep and waking, what was shared meanwhile, what to remind of.
import Foundation
import Observation

@MainActor
@Observable
public final class AppModel {
    public enum Stage: Sendable { case opening, firstRun, newDevice, trouble(IthacaFault), locked(any Client), home(any Client) }

    public private(set) var stage = Stage.opening
    public private(set) var here: Here
    public private(set) var theme = SettingsModel.Theme.system
    /// In percent of the system's own.
    public private(set) var size = 100
    public let door: any Door
    private let lock: any AppLock
    private let reminding: any Reminding
    private let inbox: SharedInbox?

    public init(_ door: any Door, _ here: Here, lock: any AppLock, reminding: any Reminding, inbox: SharedInbox? = nil) {
        (self.door, self.here, self.lock, self.reminding, self.inbox) = (door, here, lock, reminding, inbox)
    }

    public var client: (any Client)? {
        switch stage {
        case .home(let client), .locked(let client): client
        default: nil
        }
    }

    public func start() async {
        switch door.profile() {
        case .none: stage = .firstRun
        case .joining: stage = .newDevice
        case .ready:
            do { await enter(try await door.open()) } catch { stage = .trouble(error) }
        }
    }

    /// Somebody came in: by the first run, by their words, by another device, or by opening what is here.
    public func enter(_ client: any Client) async {
        await look(client)
        let locks = (try? await client.setting("lock")) == "on"
        stage = locks && lock.isThere() ? .locked(client) : .home(client)
        await unlock()
        await wake()
    }

    /// Language, colours and size as they are kept now.
    public func look() async { if let client { await look(client) } }

    private func look(_ client: any Client) async {
        if let language = try? await client.setting("language"), Words.languages.contains(language), language != here.words.language {
            here = Here(words: Words(language), zone: here.zone, now: here.now)
        }
        theme = (try? await client.setting("theme")).flatMap { $0 }.flatMap(SettingsModel.Theme.init) ?? .system
        size = (try? await client.setting("text_size")).flatMap { $0 }.flatMap { Int($0) } ?? 100
    }

    public func unlock() async {
        guard case .locked(let client) = stage else { return }
        if await lock.unlock(reason: here.words("ios.lock_reason")) { stage = .home(client) }
    }

    /// The app is looked at. What cannot be opened again has a screen of its own, with ways out.
    public func wake() async {
        guard let client else { return }
        do {
            try await client.resumeEngine()
            await inbox?.takeIn(client)
            try await client.watchRelays(true)
            await remind(client)
        } catch { stage = .trouble(error) }
    }

    /// The app is not looked at any more: the system ends apps that hold a lock while they sleep.
    public func sleep() async {
        guard let client else { return }
        await remind(client)
        try? await client.watchRelays(false)
        try? await client.suspendEngine()
        if (try? await client.setting("lock")) == "on", lock.isThere() { stage = .locked(client) }
    }

    /// Woken by the system for a short while: sends and fetches once, then sleeps again. True where every relay was reached.
    public func refresh() async -> Bool {
        guard let client, (try? await client.resumeEngine()) != nil else { return false }
        let outcome = try? await client.sync()
        await remind(client)
        try? await client.suspendEngine()
        return outcome.map { !$0.offline && !$0.noRelay && $0.relays.isEmpty } ?? false
    }

    private func remind(_ client: any Client) async {
        let today = here.today
        guard let ahead = try? await client.upcoming(from: today, until: today.adding(60)) else { return }
        let names = (try? await client.setting("reminders.names")) == "on"
        let reminders = Reminder.plan(ahead, here, showsNames: names)
        // The person is asked whether Ithaca may remind when there is something to remind of, not before.
        if reminders.isEmpty { return await reminding.plan([]) }
        if await reminding.isAllowed() { await reminding.plan(reminders) }
    }
}
