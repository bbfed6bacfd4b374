// error: main actor-isolated initializer
import IthacaKit
import SwiftUI

func wrongMadeOffTheMainActor() -> PairsModel { PairsModel(client: FakeClient(), here: Here(words: Words("en"))) }
