// error: cannot convert value of type 'PersonId'
import IthacaKit
import SwiftUI

func wrongPersonForDevice(_ client: any Client, _ person: PersonId) async throws {
    try await client.revokeDevice(person)
}
