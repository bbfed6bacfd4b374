// error: call to main actor-isolated instance method 'dismiss()' in a synchronous nonisolated context
import IthacaKit
import SwiftUI

func wrongMethodOffTheMainActor(_ model: PairsModel) { model.dismiss() }
