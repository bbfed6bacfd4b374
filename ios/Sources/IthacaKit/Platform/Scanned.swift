// What a camera read, or a link that was opened: an invitation, a new device's code, or neither. Whether it is good says the core.
import Foundation

public enum Scanned: Sendable, Hashable {
    case invitation(link: String)
    case newDevice(code: String)
    case other

    public init(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http",
            parts.host?.isEmpty == false, let fragment = parts.fragment, fragment.hasPrefix("v1.")
        else {
            self = .other
            return
        }
        switch parts.path {
        case "/i": self = .invitation(link: text)
        case "/d": self = .newDevice(code: text)
        default: self = .other
        }
    }
}
