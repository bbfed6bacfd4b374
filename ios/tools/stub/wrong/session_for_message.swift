// error: cannot convert value of type 'SessionId'
import IthacaKit
import SwiftUI

func wrongSessionForMessage(_ client: any Client, _ space: SpaceId, _ session: SessionId) async throws {
    try await client.withdrawMessage(space, session)
}
