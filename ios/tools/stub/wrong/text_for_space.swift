// error: cannot convert value of type 'String'
import IthacaKit
import SwiftUI

func wrongTextForSpace(_ client: any Client) async throws {
    _ = try await client.cards("space")
}
