// Every word that a person reads, from the one catalogue that both phones share.
import Foundation

public struct Words: Sendable {
    /// Languages there are words in.
    public static let languages = ["en", "es"]

    public let language: String
    private let table: [String: String]

    public init(_ language: String) {
        self.language = language
        table = Self.read(language)
    }

    /// In the first of a person's languages that there are words in.
    public static func best(of preferred: [String]) -> Words {
        let codes = preferred.map { String($0.prefix { $0 != "-" && $0 != "_" }) }
        return Words(codes.first(where: languages.contains) ?? "en")
    }

    public var keys: Set<String> { Set(table.keys) }
    public func has(_ key: String) -> Bool { table[key] != nil }

    /// The words of a key, with its places filled. A key that is missing shows itself: tests hold that none is.
    public func callAsFunction(_ key: String, _ parts: KeyValuePairs<String, String> = [:]) -> String {
        fill(key, parts.map { ($0.key, $0.value) })
    }

    /// In one pass: what a person wrote may look like a place and is none.
    private func fill(_ key: String, _ parts: [(name: String, value: String)]) -> String {
        guard let raw = table[key] else { return key }
        var (out, rest) = ("", raw[...])
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = rest[rest.index(after: open)..<close]
            out += rest[..<open]
            out += parts.first { $0.name == name }?.value ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }

    /// For so many.
    public func n(_ key: String, _ n: Int, _ parts: KeyValuePairs<String, String> = [:]) -> String {
        fill(n == 1 ? "\(key).one" : "\(key).other", [("n", String(n))] + parts.map { ($0.key, $0.value) })
    }

    /// The words of a thing of which a newer version may know more.
    public func known(_ key: String, else other: String) -> String { has(key) ? self(key) : self(other) }
    public func plain(_ key: String, else plain: String) -> String { has(key) ? self(key) : plain }

    /// The words of one of a group of things: `of("state", PairState.otherLeft)` is `state.other_left`.
    public func of<Thing: RawRepresentable<String>>(_ group: String, _ thing: Thing) -> String { self("\(group).\(snake(thing.rawValue))") }

    static func file(_ name: String) -> URL? { Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Resources") }

    private static func read(_ language: String) -> [String: String] {
        guard let file = file(language),
            let data = try? Data(contentsOf: file), let table = try? JSONDecoder().decode([String: String].self, from: data)
        else { return [:] }
        return table
    }
}

extension Words: CustomStringConvertible {
    public var description: String { "Words(\(language))" }
}

/// `otherLeft` as the catalogue writes it: `other_left`.
func snake(_ name: String) -> String {
    name.reduce(into: "") { out, letter in
        out += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
    }
}
