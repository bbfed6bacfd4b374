// During a session: the agenda, the notes both write, what was promised, the techniques, and that you met.
import IthacaKit
import SwiftUI

struct DuringPart: View {
    @Bindable var model: SessionModel

    var body: some View {
        if let session = model.session {
            Section(model.words("session.agenda")) {
                if session.agenda.isEmpty { Text(model.words("session.no_agenda")) }
                ForEach(session.agenda) { point in
                    HStack {
                        TickBox(done: !point.done.isEmpty, label: point.text.words) { await model.tick(point) }
                        Said(point.text.words)
                        QuietLine(text: model.carried(point))
                    }
                }
                AddLine(
                    label: model.words("session.agenda_new"), button: model.words("common.add"), text: $model.point, on: model.canAddPoint,
                    add: model.addPoint)
            }
            Section(model.words("session.notes")) {
                ForEach(session.notes, id: \.document) { notes in
                    FieldLine(model: model.notes(notes), label: model.words("session.notes_name"), words: model.words)
                }
            }
            Section(model.words("session.promises")) {
                ForEach(session.promised) { Said($0.text) }
                AddLine(
                    label: model.words("session.promise_new"), button: model.words("common.add"), text: $model.promise,
                    on: model.canPromise, add: model.keepPromise)
            }
            Section(model.words("session.techniques")) {
                ForEach(SessionModel.allTechniques, id: \.self) { name in
                    Toggle(
                        model.words.technique(name),
                        isOn: Binding(get: { session.techniques.contains(name) }, set: { on in Task { await model.technique(name, on) } }))
                }
            }
            Button(model.words("session.held")) { Task { await model.set(.held) } }.disabled(model.busy)
            Button(model.words("session.missed")) { Task { await model.set(.missed) } }.disabled(model.busy)
            Button(model.words("session.cancelled")) { Task { await model.set(.cancelled) } }.disabled(model.busy)
        }
    }
}
