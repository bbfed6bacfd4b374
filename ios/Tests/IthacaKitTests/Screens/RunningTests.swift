// Which way a text runs.
import Testing

@testable import IthacaKit

@Suite("Running")
struct RunningTests {
    @Test func theFirstLetterThatHasADirectionSays() {
        #expect(Running("Visit ward on Monday") == .leftToRight)
        #expect(Running("زيارة الجناح") == .rightToLeft)
        #expect(Running("2 × ציפורים") == .rightToLeft)
        #expect(Running("Ana: مرحبا") == .leftToRight)
        #expect(Running("«مرحبا» said Ana") == .rightToLeft)
        #expect(Running("病棟") == .leftToRight)
        #expect(Running("\u{200F}Ana") == .rightToLeft)
        #expect(Running("\u{200E}مرحبا") == .leftToRight)
        #expect(Running("👍 𞤀𞤣𞤤𞤢𞤥") == .rightToLeft, "Adlam, beyond the first plane")
    }

    @Test func whatHasNoLettersRunsLikeTheScreen() {
        for nothing in ["", "12:30", "👍", "٣ – ٤", "…"] { #expect(Running(nothing) == nil, "\(nothing)") }
    }
}
