// Whether there is a network, as the system says.
import IthacaKit
import Network

public final class SystemConnectivity: Connectivity {
    private let monitor = NWPathMonitor()

    public init() { monitor.start(queue: .global(qos: .utility)) }
    deinit { monitor.cancel() }

    public func isOnline() -> Bool { monitor.currentPath.status == .satisfied }
}
