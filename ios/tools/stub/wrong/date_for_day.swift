// error: cannot convert value of type 'Date'
import IthacaKit
import SwiftUI

func wrongDateForDay(_ client: any Client, _ space: SpaceId) async throws {
    _ = try await client.home(space, today: Date())
}
