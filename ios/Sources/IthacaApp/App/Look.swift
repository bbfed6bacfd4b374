// The person's choice of colours and size, in the system's terms.
import IthacaKit
import SwiftUI

enum Look {
    static func scheme(_ theme: SettingsModel.Theme) -> ColorScheme? {
        switch theme {
        case .system: nil
        case .light: .light
        case .dark: .dark
        }
    }

    /// The system's own size, or the step that comes nearest to the person's.
    static func size(_ percent: Int) -> ClosedRange<DynamicTypeSize> {
        switch percent {
        case ..<100: .xSmall ... .medium
        case 100: .xSmall ... .accessibility5
        case ..<150: .xLarge ... .accessibility5
        case ..<200: .accessibility1 ... .accessibility5
        default: .accessibility3 ... .accessibility5
        }
    }
}
