// error: type 'Stage' has no member 'farewell'
import IthacaKit
import SwiftUI

func wrongStageUnknown() -> Stage { .farewell }
