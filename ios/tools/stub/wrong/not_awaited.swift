// error: expression is 'async' but is not marked with 'await'
import IthacaKit
import SwiftUI

func wrongNotAwaited(_ client: any Client, _ space: SpaceId) async throws {
    _ = try client.pairs()
}
