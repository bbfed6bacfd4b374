// error: missing argument label 'title:'
import IthacaKit
import SwiftUI

func wrongLabelMissing(_ client: any Client, _ space: SpaceId) async throws {
    _ = try await client.newNote(space, "Plan")
}
