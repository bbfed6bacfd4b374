// Lines that every screen has: what went wrong, a quiet remark, and what to do where nothing is yet.
import IthacaKit
import SwiftUI

struct ProblemLine: View {
    let problem: String?
    let close: String
    let dismiss: @MainActor () -> Void

    var body: some View {
        if let problem {
            HStack {
                Label(problem, systemImage: "exclamationmark.circle").foregroundStyle(Tint.differing)
                Spacer()
                Button(close, action: dismiss)
            }
        }
    }
}

struct QuietLine: View {
    let text: String?

    var body: some View {
        if let text { Text(text).font(.footnote).foregroundStyle(Tint.secondary) }
    }
}

/// Names the next step, and gives one example that can be tapped to start with.
struct EmptyHint: View {
    let text: String
    let example: String?
    let words: Words
    let start: (String) -> Void

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            Text(text)
            if let example { Button(words("common.example", ["words": example])) { start(example) } }
        }
    }
}

/// A line to type in, and the button that keeps it.
struct AddLine: View {
    let label: String
    let button: String
    @Binding var text: String
    let on: Bool
    let add: () async -> Void

    var body: some View {
        HStack {
            TextField(label, text: $text).running(as: text).onSubmit { Task { await add() } }
            Button(button) { Task { await add() } }.disabled(!on)
        }
    }
}

/// Done or not, with a box that a thumb hits.
struct TickBox: View {
    let done: Bool
    let label: String
    let tick: () async -> Void

    var body: some View {
        Button { Task { await tick() } } label: {
            Image(systemName: done ? "checkmark.square.fill" : "square").foregroundStyle(done ? Tint.growth : Tint.primary)
        }
        .frame(minWidth: 48, minHeight: 48)
        .accessibilityLabel(label)
    }
}

/// A day, or none.
struct DayLine: View {
    let label: String
    let none: String
    let day: Day?
    let choose: (Day?) async -> Void

    var body: some View {
        HStack {
            if let day {
                let date = Binding(get: { day.at(hour: 12) }, set: { date in Task { await choose(Day(of: date)) } })
                DatePicker(label, selection: date, displayedComponents: .date)
                Button(none) { Task { await choose(nil) } }
            } else {
                Text(label)
                Spacer()
                Button(none) { Task { await choose(.today()) } }
            }
        }
    }
}
