import IthacaKit
import SwiftUI

struct NoteScreen: View {
    @State var model: NoteModel
    let go: (Place) -> Void

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            TextField(model.words("note.title"), text: $model.title).running(as: model.title).font(.title2).onSubmit { Task { await model.keepTitle() } }
            QuietLine(text: model.binned)
            QuietLine(text: model.kept)
            NoteTextView(model: model.body, label: model.words("note.body_name"))
            QuietLine(text: model.freshLine)
            choices
            DayLine(label: model.words("note.date"), none: model.words("common.no_day"), day: model.note?.date, choose: model.date)
            tags
            QuietLine(text: model.place)
        }
        .padding(16)
        .toolbar {
            ToolbarItem {
                Button { Task { await model.body.undo() } } label: { Label(model.words("common.undo"), systemImage: "arrow.uturn.backward") }
                    .disabled(!model.body.canUndo)
            }
            ToolbarItem {
                Button { Task { await model.body.redo() } } label: { Label(model.words("common.redo"), systemImage: "arrow.uturn.forward") }
                    .disabled(!model.body.canRedo)
            }
            ToolbarItem {
                Button { go(.history(model.space, document: model.id.text, item: nil)) } label: {
                    Label(model.words("note.history"), systemImage: "clock")
                }
            }
            ToolbarItem {
                Button { Task { await model.delete() } } label: { Label(model.words("common.delete"), systemImage: "trash") }
            }
        }
        .task { await model.follow() }
    }

    @ViewBuilder
    private var choices: some View {
        if let line = model.choicesLine {
            Label(line, systemImage: "arrow.left.and.right").foregroundStyle(Tint.differing)
            ForEach(model.choices.flatMap { $0 }, id: \.run) { wording in
                Button(model.label(wording)) { Task { await model.choose(wording) } }
            }
        }
    }

    @ViewBuilder
    private var tags: some View {
        if let note = model.note {
            ForEach(note.tags, id: \.self) { tag in
                Button(tag) { Task { await model.remove(tag) } }.accessibilityLabel(model.removeLabel(tag))
            }
        }
        AddLine(
            label: model.words("note.tag_new"), button: model.words("common.add"), text: $model.tag, on: model.canAddTag, add: model.addTag)
    }
}
