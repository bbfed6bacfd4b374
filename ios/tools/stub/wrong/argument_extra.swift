// error: extra argument
import IthacaKit
import SwiftUI

func wrongArgumentExtra(_ client: any Client, _ space: SpaceId) async throws {
    _ = try await client.foot(space, today: Day.today())
}
