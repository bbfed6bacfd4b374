// Coming back by twelve words, on an empty phone.
import Foundation
import Observation

@MainActor
@Observable
public final class RestoreModel: DoorModel {
    public var paper = ""
    public var relay = ""
    public private(set) var rescue: (name: String, data: Data)?
    public private(set) var looking = false
    public private(set) var found: [PersonChoice] = []
    private var looked = false
    private var restoring: (any Restoring)?

    override public class var screen: Screen { .restore }
    override var isEmpty: Bool { paper.isEmpty && found.isEmpty }

    override public init(_ door: any Door, _ here: Here, online: Bool = true) { super.init(door, here, online: online) }

    public var canLook: Bool { !looking && given(paper) != nil && given(relay) != nil }
    public var offlineLine: String? { online ? nil : words("restore.offline") }
    public var asks: String? { found.count > 1 ? words("restore.choose") : nil }

    override public var problem: String? { looked && found.isEmpty && fault == nil ? words("restore.none") : super.problem }

    /// The file that somebody they work with gave them, where the relay is gone.
    public func take(rescue file: URL) {
        do { rescue = (file.lastPathComponent, try Data(contentsOf: file)) } catch { fault = .badInput(.file, why: "it cannot be read") }
    }

    public var rescueLine: String? { rescue.map { words("restore.rescue_chosen", ["name": $0.name]) } }

    public func line(_ choice: PersonChoice) -> String { words("restore.four", ["words": choice.fourWords]) }

    public func look() async {
        guard canLook else { return }
        (looking, looked) = (true, false)
        defer { looking = false }
        let (paper, relay, rescue) = (trimmed(paper), trimmed(relay), rescue?.data)
        guard let restoring = await attempt({ try await door.restore(words: paper, relay: relay, rescue: rescue) })
        else { return }
        self.restoring = restoring
        guard let found = await attempt({ try await restoring.look() }) else { return }
        (self.found, looked) = (found, true)
    }

    /// Looking can wait for signal for long: this ends it.
    public func stop() { restoring?.stop() }

    public func finish(_ choice: PersonChoice) async {
        guard let restoring else { return }
        client = await attempt { try await door.finish(restoring, choice.person) }
    }
}
