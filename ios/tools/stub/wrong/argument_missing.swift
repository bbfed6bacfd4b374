// error: missing argument for parameter 'today'
import IthacaKit
import SwiftUI

func wrongArgumentMissing(_ client: any Client, _ space: SpaceId) async throws {
    _ = try await client.home(space)
}
