// What people write, shown and typed: it runs the way its first letters do, among screens of any language.
import IthacaKit
import SwiftUI

struct Said: View {
    private let text: String

    init(_ text: String) { self.text = text }

    var body: some View { Text(text).running(as: text) }
}

/// A field for more than a line: an answer, minutes, a message.
struct SaidField: View {
    let label: String
    @Binding var text: String

    var body: some View { TextField(label, text: $text, axis: .vertical).lineLimit(1...8).running(as: text) }
}

extension View {
    func running(as text: String) -> some View { modifier(Runs(text: text)) }
}

private struct Runs: ViewModifier {
    let text: String
    @Environment(\.layoutDirection) private var around

    func body(content: Content) -> some View { content.environment(\.layoutDirection, way) }

    private var way: LayoutDirection {
        switch Running(text) {
        case .leftToRight: .leftToRight
        case .rightToLeft: .rightToLeft
        case nil: around
        }
    }
}
