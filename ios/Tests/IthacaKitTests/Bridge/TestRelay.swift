// A relay that lets anybody make mailboxes, as a process of its own on a free port of this machine. It ends with whoever started it, however
// that ended: its stand-in waits for the other end of a pipe to close.
import Foundation
import Glibc
import Testing

@testable import IthacaKit

final class TestRelay: Sendable {
    private let process: Process
    private let alive: Pipe
    let origin: String

    init() throws {
        let programs = try #require(ProcessInfo.processInfo.environment["ITHACA_PROGRAMS"], "tools/swift-test says where the relay is")
        (process, alive) = (Process(), Pipe())
        let told = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", #""$@" & relay=$!; cat >/dev/null; kill -9 $relay"#, "sh", "\(programs)/ithaca-relay", "serve",
            "--listen", "127.0.0.1:0", "--print-ready", "--memory", "--open", "--i-understand-anyone-can-store-data-here",
            "--requests-per-second", "0"]
        process.standardInput = alive
        process.standardOutput = told
        process.standardError = FileHandle.nullDevice
        try process.run()
        var said = ""
        while !said.contains("ready\n") {
            let more = told.fileHandleForReading.availableData
            try #require(!more.isEmpty, "the relay did not start")
            said += String(decoding: more, as: UTF8.self)
        }
        origin = try #require(said.split(separator: "\n").first { $0.hasPrefix("listening on ") }?.dropFirst(13)).description
    }

    func stop() {
        try? alive.fileHandleForWriting.close()
        process.waitUntilExit()
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
