// Words that were typed and not given away yet: kept on the device, so that leaving a screen or the app loses none of them; and told to one's other
// devices when the screen is left or typing rests, to go on there.

@MainActor
final class Draft {
    private let client: any Client
    private let name: String
    private let pause: @Sendable () async -> Void
    private let rest: @Sendable () async -> Void
    private var typed: String?
    private var kept: String?
    private var told: String?
    private var waits = false
    private var began = false

    /// `name` tells it from others; `pause`: how long nothing has to be typed until it is kept; `rest`: how long after that until it is told.
    init(
        _ client: any Client, _ name: String,
        pause: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(400)) },
        rest: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .seconds(10)) }
    ) {
        (self.client, self.name, self.pause, self.rest) = (client, name, pause, rest)
    }

    /// What was typed before and is not given away, the first time it is asked for; nothing where something was typed meanwhile.
    func begun() async throws(IthacaFault) -> String? {
        guard !began else { return nil }
        let words = try await client.draft(name)
        began = true
        return typed == nil && !words.isEmpty ? words : nil
    }

    /// What the field shows now. It is kept at the next pause.
    func type(_ words: String) {
        typed = words
        guard !waits else { return }
        waits = true
        Task {
            await pause()
            waits = false
            await keep()
            let now = typed
            await rest()
            if typed == now { await tell() }
        }
    }

    /// It was given away: nothing of it is to be kept any more.
    func done() async {
        typed = ""
        await leave()
    }

    /// The screen is left.
    func leave() async {
        await keep()
        await tell()
    }

    /// Keeps what was typed. What cannot be kept is still on the screen, and the next pause tries again.
    func keep() async {
        guard let words = typed, words != kept else { return }
        if (try? await client.keepDraft(name, words)) != nil { kept = words }
    }

    /// Tells what was kept here; what only came from elsewhere is known there. What cannot be told stays on this device.
    private func tell() async {
        guard let words = kept, words != told else { return }
        if (try? await client.tellDraft(name)) != nil { told = words }
    }
}
