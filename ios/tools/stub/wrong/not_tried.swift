// error: call can throw, but it is not marked with 'try'
import IthacaKit
import SwiftUI

func wrongNotTried(_ client: any Client, _ space: SpaceId) async {
    _ = await client.pairs()
}
