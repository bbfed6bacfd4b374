// Words that were typed and not given away yet: kept on the device, so that leaving a screen or the app loses none of them.

@MainActor
final class Draft {
    private let client: any Client
    private let name: String
    private let pause: @Sendable () async -> Void
    private var typed: String?
    private var kept: String?
    private var waits = false
    private var began = false

    /// `name` tells it from others on this device; `pause`: how long nothing has to be typed until it is kept.
    init(
        _ client: any Client, _ name: String, pause: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(400)) }
    ) {
        (self.client, self.name, self.pause) = (client, "draft.\(name)", pause)
    }

    /// What was typed before and is not given away, the first time it is asked for; nothing where something was typed meanwhile.
    func begun() async throws(IthacaFault) -> String? {
        guard !began else { return nil }
        let words = try await client.setting(name) ?? ""
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
        }
    }

    /// It was given away: nothing of it is to be kept any more.
    func done() async {
        typed = ""
        await keep()
    }

    /// Keeps what was typed. What cannot be kept is still on the screen, and the next pause tries again.
    func keep() async {
        guard let words = typed, words != kept else { return }
        if (try? await client.keepSetting(name, words)) != nil { kept = words }
    }
}
