// error: switch must be exhaustive
import IthacaKit
import SwiftUI

func wrongFaultNotAll(_ sort: InputSort) -> String {
    switch sort {
    case .link: "link"
    case .code: "code"
    }
}
