// error: cannot find 'CoreVault' in scope
import IthacaKit
import SwiftUI

func wrongCoreIsHidden(_ vault: any KeyVault) { _ = CoreVault(vault) }
