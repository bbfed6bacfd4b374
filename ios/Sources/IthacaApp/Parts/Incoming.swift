// A file that a person chose: it may be read while it is open here.
import Foundation

@MainActor
enum Incoming {
    static func open(_ chosen: Result<URL, any Error>, _ read: (URL) async -> Void) async {
        guard case .success(let file) = chosen else { return }
        let allowed = file.startAccessingSecurityScopedResource()
        await read(file)
        if allowed { file.stopAccessingSecurityScopedResource() }
    }
}
