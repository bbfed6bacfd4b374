// The relay that tools/swift-test started, and one that never answers.
import Foundation
import Glibc
import Testing

/// Lets anybody make mailboxes: each test makes its own.
struct TestRelay: Sendable {
    let origin: String

    init() throws {
        origin = try #require(ProcessInfo.processInfo.environment["ITHACA_RELAY"], "tools/swift-test starts a relay and says where it is")
    }
}

/// Takes connections and never answers.
final class SilentRelay: Sendable {
    private let socket: Int32
    let origin: String

    init() {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        origin = withUnsafeMutablePointer(to: &address) { [socket] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                _ = bind(socket, raw, size)
                _ = listen(socket, 50)
                _ = getsockname(socket, raw, &size)
            }
            return "http://127.0.0.1:\(UInt16(bigEndian: pointer.pointee.sin_port))"
        }
    }

    func stop() { close(socket) }
}
