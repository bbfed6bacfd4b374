// One real app without a screen, for tests/apps: it does what a line on its input says and answers with one line, `ok …` or `fault …`. The parts
// of a line stand between tabs. The same commands as Talker.kt of android/bridge.
import Foundation
import IthacaKit

struct Vault: KeyVault {
    func seal(_ root: Data) -> Data { Data(root.map { $0 ^ 0x5a }) }
    func unseal(_ sealed: Data) -> Data { Data(sealed.map { $0 ^ 0x5a }) }
}

final class Net: Connectivity, @unchecked Sendable {
    private let lock = NSLock()
    private var online = true

    func isOnline() -> Bool { lock.withLock { online } }
    func go(_ on: Bool) { lock.withLock { online = on } }
}

enum Mistake: Error { case noSuchCommand, noPair, nobodyThere }

actor Talker {
    private let folder: String
    private let net = Net()
    private var app: CoreClient?
    private var pair: SpaceId?

    init(_ folder: String) { self.folder = folder }

    private var client: CoreClient {
        get throws {
            guard let app else { throw Mistake.nobodyThere }
            return app
        }
    }

    private var space: SpaceId {
        get throws {
            guard let pair else { throw Mistake.noPair }
            return pair
        }
    }

    func does(_ words: [String]) async throws -> String {
        switch words[0] {
        case "create": app = try await CoreClient.create(folder: folder, vault: Vault(), connectivity: net, name: words[1])
        case "reopen":
            try await client.shutDown()
            app = try await CoreClient.open(folder: folder, vault: Vault(), connectivity: net)
        case "relay": return try await client.setRelay(words[1], account: nil)
        case "invite": return try await client.invite().link ?? ""
        case "join": return try await client.answerInvite(words[1], relay: nil).state.rawValue
        case "approve":
            guard let invite = try await client.invites().first(where: { !$0.answers.isEmpty }) else { throw Mistake.noPair }
            pair = try await client.approveAnswer(invite.id, person: invite.answers[0].person)
            return invite.answers[0].name
        case "paired":
            let pairs = try await client.pairs()
            if let first = pairs.first { pair = first.space }
            return String(pairs.count)
        case "online":
            net.go(words[1] == "yes")
            try await client.connectivityChanged()
        case "sync": return try await client.sync().offline ? "offline" : "reached"
        case "end": try await client.shutDown()
        default: return try await writes(words)
        }
        return ""
    }

    private func writes(_ words: [String]) async throws -> String {
        let (client, space) = (try client, try space)
        switch words[0] {
        case "note": return try await client.newNote(space, title: words[1]).text
        case "type": return try await type(NoteId(words[1]), words[2], words[3])
        case "read": return try await client.note(space, NoteId(words[1])).body.words
        case "say": return try await client.say(space, words[1]).text
        case "messages":
            return try await client.messages(space).messages.map { "\($0.by.name): \($0.text ?? "")" }.joined(separator: "|")
        case "arrived": return String(try await client.messages(space).messages.filter(\.by.me).allSatisfy { $0.at == .other })
        case "promise": return try await client.newAction(space, ActionDraft(text: words[1], owners: [client.state().person])).text
        case "promises":
            return try await client.actions(space).open.map { "\($0.owners[0].name): \($0.text)" }.sorted().joined(separator: "|")
        case "code": return try await client.status().spaces.first { $0.space == space }?.stateCode ?? ""
        default: throw Mistake.noSuchCommand
        }
    }

    /// Typed as a person types it: in the field's model.
    @MainActor
    private func type(_ note: NoteId, _ where: String, _ text: String) async throws -> String {
        let field = TextFieldModel(try await client, try await space, .note(note))
        await field.open()
        let at = Int(`where`) ?? field.text.utf16.count
        field.type(TextRange(at, at), text)
        await field.close()
        if let fault = field.fault { throw fault }
        return field.text
    }
}

@main
enum Main {
    static func main() async {
        // On Linux a relay that dies while something is written to it would end the process; Apple's sockets are made so that none does.
        signal(SIGPIPE, SIG_IGN)
        let talker = Talker(CommandLine.arguments[1])
        while let line = readLine() {
            do {
                let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                say("ok \(try await talker.does(words))")
            } catch { say("fault \(error)") }
            if line == "end" { return }
        }
    }

    /// At once: whoever asks waits for the line.
    private static func say(_ answer: String) { FileHandle.standardOutput.write(Data("\(answer)\n".utf8)) }
}
