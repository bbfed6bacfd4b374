// The platform's text view over a field's model: what it did becomes one input, what the model says is shown. Marked text (a keyboard that is
// still composing) is told and never broken.
import IthacaKit
import SwiftUI
import UIKit

struct NoteTextView: UIViewRepresentable {
    let model: TextFieldModel
    let label: String

    func makeUIView(context: Context) -> UITextView {
        let view = UITextView()
        view.delegate = context.coordinator
        view.font = .preferredFont(forTextStyle: .body)
        view.adjustsFontForContentSizeCategory = true
        view.accessibilityLabel = label
        return view
    }

    func updateUIView(_ view: UITextView, context: Context) { context.coordinator.show(in: view) }
    func makeCoordinator() -> Coordinator { Coordinator(model) }

    @MainActor
    final class Coordinator: NSObject, UITextViewDelegate {
        private let model: TextFieldModel
        private var shown = -1

        init(_ model: TextFieldModel) { self.model = model }

        /// The text is put in only when others changed it; typing is in the view already. Fresh words are tinted either way.
        func show(in view: UITextView) {
            // A keyboard that is composing is not disturbed: the model keeps what came, and it is shown when the composition ends.
            if model.turn != shown, view.markedTextRange == nil {
                shown = model.turn
                view.text = model.text
                model.showed()
                view.selectedRange = NSRange(location: model.selection.start, length: model.selection.count)
            }
            let all = NSRange(location: 0, length: view.textStorage.length)
            view.textStorage.removeAttribute(.backgroundColor, range: all)
            for fresh in model.fresh where fresh.range.end <= all.length {
                let range = NSRange(location: fresh.range.start, length: fresh.range.count)
                view.textStorage.addAttribute(.backgroundColor, value: UIColor(Tint.differingGround), range: range)
            }
        }

        /// What the keyboard did is the difference between what the field showed and what it shows now: that also holds for marked text, which
        /// the delegate is not asked about.
        func textViewDidChange(_ view: UITextView) {
            model.became(view.text, selection: range(view.selectedRange), composing: marked(in: view))
            show(in: view)
        }

        func textViewDidChangeSelection(_ view: UITextView) { model.select(range(view.selectedRange)) }

        private func marked(in view: UITextView) -> TextRange? {
            guard let marked = view.markedTextRange else { return nil }
            let start = view.offset(from: view.beginningOfDocument, to: marked.start)
            return TextRange(start, start + view.offset(from: marked.start, to: marked.end))
        }

        private func range(_ range: NSRange) -> TextRange { TextRange(range.location, range.location + range.length) }
    }
}
