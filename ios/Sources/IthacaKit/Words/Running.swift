// Which way a text runs: that of its first letter that has a direction, whatever the screen's language is, as Android shows it too.

public enum Running: Sendable, Hashable {
    case leftToRight, rightToLeft

    /// `nil` where no letter says: digits, signs, nothing.
    public init?(_ text: String) {
        guard let strong = text.unicodeScalars.first(where: { $0.properties.isAlphabetic || Self.marks.contains($0.value) }) else { return nil }
        self = Self.rightward.contains { $0.contains(strong.value) } ? .rightToLeft : .leftToRight
    }

    /// The marks that are there to say nothing but a direction: left to right, right to left, Arabic.
    private static let marks: Set<UInt32> = [0x200E, 0x200F, 0x061C]

    /// Where Unicode has the scripts that run from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbours, the presentation forms of
    /// the first two, and the two parts of the supplementary plane that are kept for such scripts.
    private static let rightward: [ClosedRange<UInt32>] = [
        0x0590...0x08FF, 0x200F...0x200F, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF,
    ]
}
