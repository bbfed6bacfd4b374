// error: incorrect argument label in call (have '_:because:', expected '_:reason:')
import IthacaKit
import SwiftUI

func wrongLabelWrong(_ client: any Client, _ space: SpaceId) async throws {
    try await client.endPair(space, because: nil)
}
