// error: cannot convert value of type 'NoteId'
import IthacaKit
import SwiftUI

func wrongNoteForGoal(_ client: any Client, _ space: SpaceId, _ note: NoteId) async throws {
    _ = try await client.goal(space, note)
}
