// The colours, by what they mean. An icon and a word always stand beside a colour.
import SwiftUI
import UIKit

enum Tint {
    static let primary = color(0x0F4C5C, 0x8FCBD8)
    static let growth = color(0x55672B, 0xBCCB8C)
    static let differing = color(0x8A4B00, 0xFFC37A)
    static let differingGround = color(0xFFE9CC, 0x4A2C05)
    static let danger = color(0xA3262A, 0xFFB3AE)
    static let secondary = color(0x56606B, 0xA9B4BD)

    private static func color(_ light: Int, _ dark: Int) -> Color {
        Color(uiColor: UIColor { traits in one(traits.userInterfaceStyle == .dark ? dark : light) })
    }

    private static func one(_ rgb: Int) -> UIColor {
        UIColor(
            red: CGFloat(rgb >> 16 & 255) / 255, green: CGFloat(rgb >> 8 & 255) / 255, blue: CGFloat(rgb & 255) / 255, alpha: 1)
    }
}
