// Search in everything that this person can read, all of it on this phone.
import Observation

@MainActor
@Observable
public final class SearchModel: ScreenModel {
    public private(set) var found: [Found] = []
    public private(set) var asked = ""
    private var names: [SpaceId: String] = [:]
    public var query = ""

    override public class var screen: Screen { .search }
    override var isEmpty: Bool { found.isEmpty }
    override var isLong: Bool { found.count > Self.many }

    public init(client: any Client, here: Here) { super.init(client, here) }

    override func load() async { await look() }

    public func look() async {
        guard let query = given(query) else {
            (found, asked, fault) = ([], "", nil)
            return
        }
        await attempt {
            found = try await client.search(query, space: nil, limit: 50)
            for pair in try await client.pairs() { names[pair.space] = pair.other.name }
            asked = query
        }
    }

    public func clear() async {
        query = ""
        await look()
    }

    /// What to read where nothing stands.
    public var empty: String { asked.isEmpty ? words("search.empty") : words("search.none", ["words": asked]) }
    public var example: String? { asked.isEmpty ? words("search.empty_example") : nil }
    public var count: String? { found.isEmpty ? nil : words.n("search.found", found.count) }
    public func line(_ found: Found) -> String {
        words("search.in", ["noun": words.of("search", found.noun), "name": names[found.space] ?? words("search.mine")])
    }

    /// The words around the place, in pieces: those that matched and those between.
    public func pieces(_ found: Found) -> [(text: String, matched: Bool)] {
        found.excerpt.split(separator: "[", omittingEmptySubsequences: false).enumerated().flatMap { n, part -> [(String, Bool)] in
            guard n > 0, let end = part.firstIndex(of: "]") else { return [(String(part), false)] }
            return [(String(part[..<end]), true), (String(part[part.index(after: end)...]), false)]
        }.filter { !$0.0.isEmpty }
    }
}
