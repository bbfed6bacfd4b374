// error: main actor-isolated property 'pairs' can not be referenced
import IthacaKit
import SwiftUI

func wrongModelOffTheMainActor(_ model: PairsModel) -> Int { model.pairs.count }
