// Files on their way out: the system's sheet hands them on. They lie in the temporary folder, which the system empties.
import Foundation

enum Outgoing {
    /// A name that somebody gave may hold anything; a file's may not.
    static func file(_ name: String, _ data: Data) throws(IthacaFault) -> URL {
        let plain = String(name.map { $0.isLetter || $0.isNumber || ".-_ ".contains($0) ? $0 : "_" })
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(plain.hasPrefix(".") ? "_" + plain : plain)
        do { try data.write(to: file, options: .atomic) } catch { throw .storageFull }
        return file
    }
}
