// Where the profile lies: a folder that goes into no backup (a copy of it would go on as another device), shared with the extension that takes
// what other apps hand over.
import Foundation
import IthacaKit

public enum SystemDoor {
    static let group = "group.ithaca"

    public static func make() -> FolderDoor {
        let network = SystemConnectivity()
        return FolderDoor(folder: folder("profile").path, vault: KeychainVault(), connectivity: network)
    }

    public static func inbox() -> SharedInbox { SharedInbox(folder: folder("shared")) }

    private static func folder(_ name: String) -> URL {
        let files = FileManager.default
        let shared = files.containerURL(forSecurityApplicationGroupIdentifier: group)
        var above = (shared ?? files.urls(for: .applicationSupportDirectory, in: .userDomainMask)[0]).appendingPathComponent("ithaca")
        // Where the folder cannot be made, opening says so.
        try? files.createDirectory(at: above, withIntermediateDirectories: true)
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try? above.setResourceValues(values)
        return above.appendingPathComponent(name)
    }
}
