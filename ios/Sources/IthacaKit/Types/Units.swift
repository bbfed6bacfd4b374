// A text as UTF-16 code units: how the platform's text views and the core count.

struct Units: Sendable, Hashable {
    var all: [UInt16]

    init(_ text: String) { all = Array(text.utf16) }

    var text: String { String(decoding: all, as: UTF16.self) }
    var count: Int { all.count }
    func text(in range: TextRange) -> String { String(decoding: all[range.start..<range.end], as: UTF16.self) }

    mutating func splice(_ range: TextRange, _ text: String) { all.replaceSubrange(range.start..<range.end, with: text.utf16) }

    func fits(_ range: TextRange) -> Bool { 0 <= range.start && range.start <= range.end && range.end <= count }

    /// Where characters, as people see them, begin and end.
    var boundaries: [Int] {
        var (at, out) = (0, [0])
        for character in text {
            at += character.utf16.count
            out.append(at)
        }
        return out
    }

    /// The one place in which two texts differ: what has to be done to this one to make it the other.
    func difference(to other: Units) -> TextSplice? {
        guard all != other.all else { return nil }
        var first = 0
        while first < min(count, other.count), all[first] == other.all[first] { first += 1 }
        var last = 0
        while last < min(count, other.count) - first, all[count - 1 - last] == other.all[other.count - 1 - last] { last += 1 }
        // Never through the middle of a character of either.
        let (here, there) = (Cuts(self), Cuts(other))
        while !here.at(first) || !there.at(first) { first -= 1 }
        while !here.at(count - last) || !there.at(other.count - last) { last -= 1 }
        return TextSplice(
            range: TextRange(first, count - last), text: other.text(in: TextRange(first, other.count - last)))
    }
}

extension TextRange {
    /// Where it is after a splice elsewhere: one that meets it in part pushes its edge to the splice's end.
    func after(_ splice: TextSplice) -> TextRange {
        let grown = splice.text.utf16.count - splice.range.count
        func moved(_ at: Int) -> Int {
            if at <= splice.range.start { return at }
            if at >= splice.range.end { return at + grown }
            return splice.range.start + splice.text.utf16.count
        }
        return TextRange(moved(start), moved(end))
    }
}

/// Where a text may be cut. Between plain letters that is known at once; else the whole text is looked through, once.
final class Cuts {
    private let units: Units
    private lazy var all = Set(units.boundaries)

    init(_ units: Units) { self.units = units }

    func at(_ offset: Int) -> Bool {
        if offset == 0 || offset == units.count { return true }
        let plain = { (unit: UInt16) in (0x20..<0x7f).contains(unit) }
        return plain(units.all[offset - 1]) && plain(units.all[offset]) ? true : all.contains(offset)
    }
}
