// What other apps share with Ithaca. The extension that takes it runs beside the app and cannot open the profile: it leaves a file, and the app
// makes a private note of it when it is next looked at. A file goes only when its note is kept.
import Foundation

/// Something that another app hands over.
public enum SharedThing: Sendable, Hashable {
    case text(String)
    case link(String)
    case picture
    case other
}

public struct SharedInbox: Sendable {
    private let folder: URL

    public init(folder: URL) { self.folder = folder }

    /// What is kept of it, and the sentence to show. Ithaca keeps text for now: what is not text is said, and stays where it was.
    public func put(_ things: [SharedThing], _ words: Words) -> (kept: Bool, sentence: String) {
        let texts = things.compactMap { thing -> String? in
            switch thing {
            case .text(let text), .link(let text): given(text)
            case .picture, .other: nil
            }
        }
        guard !texts.isEmpty else { return (false, words(things.isEmpty ? "ios.share_empty" : "ios.share_text_only")) }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let file = folder.appendingPathComponent("\(UUID().uuidString).txt")
            try Data(texts.joined(separator: "\n\n").utf8).write(to: file, options: .atomic)
        } catch { return (false, words("ios.share_failed")) }
        return (true, words(texts.count < things.count ? "ios.share_some" : "ios.share_kept"))
    }

    public var waiting: [URL] {
        let all = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return all.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }
    }

    /// Makes a private note of each. What could not be kept waits for the next time.
    public func takeIn(_ client: any Client) async {
        for file in waiting {
            guard let data = try? Data(contentsOf: file) else { continue }
            let text = String(decoding: data, as: UTF8.self)
            do {
                try await Self.note(client, text)
                try FileManager.default.removeItem(at: file)
            } catch { continue }
        }
    }

    private static func note(_ client: any Client, _ text: String) async throws {
        let title = text.split(whereSeparator: \.isNewline).first.map { String($0.prefix(80)) } ?? ""
        let personal = try await client.personalSpace()
        let note = try await client.newPrivateNote(nil, title: title)
        let open = try await client.openText(personal, .note(note))
        let end = text.utf16.count
        _ = try await client.typeIn(
            open.session,
            TextInput(generation: open.state.generation, replace: TextRange(0, 0), text: text, selection: TextRange(end, end)))
        try await client.closeText(open.session)
    }
}
