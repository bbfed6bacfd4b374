// error: actor-isolated
import IthacaKit
import SwiftUI

func wrongFakeWithoutAwait(_ fake: FakeClient) { _ = fake.addPair("Ben") }
