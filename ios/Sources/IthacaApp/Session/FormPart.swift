// One form of a session: its prompts, scales as five large steps with words at both ends, and who reads it.
import IthacaKit
import SwiftUI

struct FormPart: View {
    @Bindable var model: SessionModel
    let form: SessionForm

    var body: some View {
        QuietLine(text: model.reader(form))
        Toggle(model.words("session.alone"), isOn: Binding(get: { model.isAlone(form) }, set: { model.keepAlone(form, $0) }))
        ForEach(model.prompts[form] ?? [], id: \.name) { prompt in
            VStack(alignment: .leading) {
                Text(model.words(form, prompt))
                switch prompt.kind {
                case .scale: scale(prompt)
                case .words: SaidField(label: model.words(form, prompt), text: text(prompt))
                case .chosen: chosen(prompt)
                }
            }
        }
        Button(model.words("session.keep")) { Task { await model.keep(form) } }.disabled(model.busy)
        if model.kept(form) != nil {
            QuietLine(text: model.words("session.filled_alone"))
            Button(model.share) { Task { await model.share(form) } }.disabled(model.busy)
        }
        QuietLine(text: model.filled(form))
    }

    private func scale(_ prompt: Prompt) -> some View {
        HStack {
            Text(model.ends(prompt).low)
            ForEach(1...5, id: \.self) { n in
                Button(String(n)) { change(prompt) { $0.scale = n } }
                    .frame(minWidth: 48, minHeight: 48)
                    .foregroundStyle(model.draft(form, prompt).scale == n ? Tint.growth : Tint.primary)
            }
            Text(model.ends(prompt).high)
        }
    }

    private func chosen(_ prompt: Prompt) -> some View {
        ForEach(model.offered(prompt), id: \.id) { offer in
            Toggle(
                offer.words,
                isOn: Binding(
                    get: { model.draft(form, prompt).chosen.contains(offer.id) },
                    set: { on in change(prompt) { $0.chosen = $0.chosen.filter { $0 != offer.id } + (on ? [offer.id] : []) } }))
        }
    }

    private func text(_ prompt: Prompt) -> Binding<String> {
        Binding(get: { model.draft(form, prompt).words ?? "" }, set: { words in change(prompt) { $0.words = words } })
    }

    private func change(_ prompt: Prompt, _ act: (inout Answer) -> Void) {
        var answer = model.draft(form, prompt)
        act(&answer)
        model.answer(form, answer)
    }
}
