// A session: before, during, after, harvest.
import Foundation

public enum SessionState: String, Sendable, Hashable, CaseIterable { case planned, held, missed, cancelled }

public enum SessionForm: String, Sendable, Hashable, CaseIterable { case before, after, harvest }

public enum PromptKind: String, Sendable, Hashable, CaseIterable { case scale, words, chosen }

public struct Prompt: Sendable, Hashable {
    public var name: String
    public var kind: PromptKind
}

/// An answer to one prompt. In the answer to `tried`, what was chosen are ids of actions when given and words when read.
public struct Answer: Sendable, Hashable {
    public var prompt: String
    public var words: String?
    public var scale: Int?
    public var chosen: [String]

    public init(prompt: String, words: String? = nil, scale: Int? = nil, chosen: [String] = []) {
        self.prompt = prompt
        self.words = words
        self.scale = scale
        self.chosen = chosen
    }
}

public struct FilledForm: Sendable, Hashable {
    public var form: SessionForm
    public var by: Who
    public var answers: [Answer]
    public var at: Date
    public var also: [[Answer]]
    /// Only one's own devices hold it.
    public var alone = false
}

public struct Minutes: Sendable, Hashable {
    public var by: Who
    public var text: String
    public var at: Date
    public var also: [String]
    /// Only one's own devices hold them.
    public var alone = false
}

public struct SessionLine: Sendable, Hashable, Identifiable {
    public var id: SessionId
    public var title: String
    public var day: Day?
    public var place: String?
    public var state: SessionState
    public var agreed: Date?
    public var ready: [Who]
    public var differs: Bool
}

public struct Sessions: Sendable, Hashable {
    public var lines: [SessionLine]
    public var bin: [SessionLine]
    public var sameMeeting: [[SessionId]]
}

public struct AgendaPoint: Sendable, Hashable, Identifiable {
    public var id: ItemId
    public var document: SessionId
    public var text: SharedText
    public var done: [Tick]
    public var carriedFrom: SessionId?
}

public struct Proposal: Sendable, Hashable, Identifiable {
    public var id: ItemId
    public var document: SessionId
    public var at: Date
    public var zone: String
    public var accepted: [Who]
    public var agreed: Bool
}

public struct SessionNotes: Sendable, Hashable {
    public var document: SessionId
    public var text: SharedText
}

public struct Session: Sendable, Hashable {
    public var line: SessionLine
    public var documents: [SessionId]
    public var said: [DifferValue]
    public var notes: [SessionNotes]
    public var agenda: [AgendaPoint]
    public var agendaBin: [AgendaPoint]
    public var proposals: [Proposal]
    public var techniques: [String]
    public var functions: [String]
    public var forms: [FilledForm]
    public var minutes: [Minutes]
    public var sinceLast: [Action]
    public var promised: [Action]
    public var differs: [Differ]
    public var kept: Bool
    public var mentor: Bool
    public var at: Whereabouts
}

public enum SessionEdit: Sendable, Hashable {
    case title(String)
    case date(Day?)
    case place(String?)
    case addAgenda(String)
    case tickAgenda(ItemId, date: Day?)
    case moveAgenda(ItemId, after: ItemId?)
    case deleteAgenda(ItemId)
    case restoreAgenda(ItemId)
    case technique(String, on: Bool)
    case function(String, on: Bool)
    case propose(Date, zone: String)
    case acceptTime(ItemId, on: Bool)
    case delete
    case restore
}
