// The catalogue: nothing missing in a language, nothing left in English, the same places to fill, and every key that the sources name.
import Foundation
import Testing

@testable import IthacaKit

@MainActor
@Suite("Catalogue")
struct CatalogueTests {
    let english = Words("en")
    let spanish = Words("es")

    @Test func bothLanguagesSayTheSame() throws {
        #expect(english.keys.count > 700)
        #expect(english.keys == spanish.keys)
        let same = try JSONDecoder().decode(Set<String>.self, from: Data(contentsOf: try #require(Words.file("same"))))
        for key in english.keys.sorted() {
            let (a, b) = (english(key), spanish(key))
            #expect(places(a) == places(b), "\(key)")
            #expect(!a.isEmpty && !b.isEmpty, "\(key)")
            #expect((a == b) == same.contains(key), "\(key) is “\(a)” in both languages, or is listed as equal and is not")
        }
    }

    @Test func pluralsAreThereForOneAndForMany() {
        for words in [english, spanish] {
            for key in words.keys where key.hasSuffix(".other") && key.split(separator: ".").count == 3 {
                #expect(words.has(key.dropLast(6) + ".one"), "\(key)")
            }
        }
    }

    @Test func everyKeyThatTheSourcesNameIsThere() throws {
        let root = try #require(ProcessInfo.processInfo.environment["ITHACA_REPOSITORY"])
        let call = try Regex(#"words\(\s*(?:[^"()]*\? )?"([a-z_]+\.[a-z_]+)"(?: : "([a-z_]+\.[a-z_]+)")?"#)
        let counted = try Regex(#"words\.n\("([a-z_]+\.[a-z_]+)""#)
        var named = 0
        for file in FileManager.default.enumerator(atPath: "\(root)/ios/Sources")!.compactMap({ $0 as? String }) where file.hasSuffix(".swift") {
            let source = try String(contentsOfFile: "\(root)/ios/Sources/\(file)", encoding: .utf8)
            for match in source.matches(of: call) {
                for key in match.output.dropFirst().compactMap(\.substring) {
                    named += 1
                    #expect(english.has(String(key)), "\(file): \(key)")
                }
            }
            for match in source.matches(of: counted) {
                let key = match.output[1].substring!
                named += 1
                #expect(english.has("\(key).one") && english.has("\(key).other"), "\(file): \(key)")
            }
        }
        #expect(named > 250, "the search found \(named) keys")
    }

    @Test func everyThingThatIsNamedByAWordHasOne() {
        let groups: [(String, [String])] = [
            ("input", InputSort.allCases.map(\.rawValue)), ("state", PairState.allCases.map(\.rawValue)),
            ("stage", Stage.allCases.map(\.rawValue)), ("status", GoalStatus.allCases.map(\.rawValue)),
            ("session_state", SessionState.allCases.map(\.rawValue)), ("cards", CardNoun.allCases.map(\.rawValue)),
            ("search", FoundNoun.allCases.map(\.rawValue)), ("recovery_words", WordsCheck.allCases.map(\.rawValue)),
            ("technique", SessionModel.allTechniques), ("kind", PairStateModel.kinds),
        ]
        for (group, names) in groups {
            for name in names { #expect(english.has("\(group).\(snake(name))"), "\(group).\(name)") }
        }
        for name in SessionModel.allFunctions { #expect(english.function(name) != name || english.has("function.\(name)"), "\(name)") }
        for fault in faults { #expect(english.fault(fault) != "fault.\(fault.key)", "\(fault.key)") }
    }

    let faults: [IthacaFault] = [
        .locked, .vaultFailed, .vaultLost, .inUse, .noProfile, .profileExists, .notAdded, .storageFull, .storageCorrupt(why: ""), .newerDatabase,
        .notFound(""), .readOnly(why: ""), .refused(why: ""), .stale, .offline, .stopped, .suspended, .closed, .internal(why: ""),
    ]

    @Test func placesAreFilledAndNumbersChooseTheirWord() {
        #expect(english("pair_home.foot_all", ["name": "Ben"]) == "All on Ben's phone")
        #expect(english.n("pair_home.foot_here", 1) == "1 waiting for signal")
        #expect(english.n("pair_home.foot_relay", 3, ["name": "Ben"]) == "3 on the relay, not yet on Ben's phone")
        // What a person wrote is not taken for a place.
        #expect(english("search.none", ["words": "{name} {words}"]) == "Nothing found for “{name} {words}”.")
        #expect(Words.best(of: ["fr-CH", "es-MX", "en"]).language == "es" && Words.best(of: []).language == "en")
        #expect(english.field("roles/resuscitation") == english("field.roles") && english.field("of-tomorrow") == english("field.other"))
    }

    private func places(_ text: String) -> [String] {
        text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map { String($0.prefix { $0 != "}" }) }.sorted()
    }
}
