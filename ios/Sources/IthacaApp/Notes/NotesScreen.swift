import IthacaKit
import SwiftUI

struct NotesScreen: View {
    @State var model: NotesModel
    let go: (Place) -> Void

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            if model.inBin { QuietLine(text: model.words("notes.bin_about")) }
            if model.state == .empty {
                EmptyHint(text: model.empty, example: model.example, words: model.words) { title in begin(title, privately: false) }
            }
            ForEach(model.lines) { line in
                if model.inBin { binned(line) } else { entry(line) }
            }
            if model.more { Button(model.words("notes.more")) { Task { await model.older() } } }
            if let leaving = model.leaving {
                Section {
                    Text(leaving.about)
                    Button(model.words("notes.for_good"), role: .destructive) { Task { await model.deleteForGood() } }
                    Button(model.words("common.cancel"), role: .cancel) { model.keep() }
                }
            }
        }
        .navigationTitle(model.words("notes.title"))
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                Button { begin("", privately: false) } label: { Label(model.words("notes.new"), systemImage: "square.and.pencil") }
            }
            ToolbarItem {
                Button { begin("", privately: true) } label: { Label(model.words("notes.new_private"), systemImage: "lock") }
            }
            ToolbarItem {
                Button { Task { await model.look(inBin: !model.inBin) } } label: {
                    Label(model.words(model.inBin ? "notes.all" : "notes.bin"), systemImage: "trash")
                }
            }
        }
        .task { await model.follow() }
    }

    private func begin(_ title: String, privately: Bool) {
        Task { if let (space, note) = await model.begin(title, privately: privately) { go(.note(space, note)) } }
    }

    private func entry(_ line: NoteLine) -> some View {
        NavigationLink(value: Place.note(line.space, line.id)) {
            VStack(alignment: .leading) {
                Said(model.title(line)).font(.headline)
                Said(line.beginning).lineLimit(2)
                QuietLine(text: model.edited(line))
                QuietLine(text: model.mark(line))
            }
        }
    }

    @ViewBuilder
    private func binned(_ line: NoteLine) -> some View {
        Said(model.title(line))
        Button(model.words("common.restore")) { Task { await model.restore(line) } }
        Button(model.words("notes.for_good"), role: .destructive) { Task { await model.askForGood(line) } }
    }
}
