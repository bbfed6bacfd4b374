import IthacaKit
import SwiftUI

struct MessagesScreen: View {
    @State var model: MessagesModel
    @State private var asked: MessageId?

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            if model.earlier != nil { Button(model.words("messages.earlier")) { Task { await model.older() } } }
            if model.state == .empty {
                EmptyHint(text: model.empty, example: model.example, words: model.words) { model.draft = $0 }
            }
            ForEach(model.messages) { message in bubble(message) }
            QuietLine(text: model.ended)
            QuietLine(text: model.replyLine)
            HStack {
                SaidField(label: model.placeholder, text: $model.draft)
                Button(model.words("messages.say")) { Task { await model.say() } }.disabled(!model.canSay)
            }
        }
        .navigationTitle(model.name)
        .task { await model.follow() }
    }

    /// Bubbles by side; how far it came is a word, on tap.
    private func bubble(_ message: Message) -> some View {
        VStack(alignment: message.by.me ? .trailing : .leading) {
            Button { asked = asked == message.id ? nil : message.id } label: { Said(model.text(message)) }
                .accessibilityLabel(model.bubble(message))
            ForEach(message.reactions, id: \.emoji) { QuietLine(text: model.reacted($0)) }
            if asked == message.id {
                QuietLine(text: model.place(message))
                Button(model.words("messages.reply")) { model.answer(message) }
                Button(model.words("messages.react", ["emoji": "👍"])) { Task { await model.react(message, "👍") } }
                if model.canChange(message) {
                    Button(model.words("messages.reword")) { model.reword(message) }
                    QuietLine(text: model.withdrawAbout)
                    Button(model.words("messages.withdraw"), role: .destructive) { Task { await model.withdraw(message) } }
                }
            }
        }
    }
}
