/** Whether there is a network, as the phone last said. */
package ithaca.platform

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import ithaca.bridge.Connectivity
import java.util.concurrent.atomic.AtomicBoolean

/** Follows the phone's default network; [changed] is called on a thread of the system, with nothing to wait for. */
class NetworkWatch(context: Context, private val changed: () -> Unit) : Connectivity, AutoCloseable {
    private val manager = checkNotNull(context.getSystemService(ConnectivityManager::class.java))
    private val online = AtomicBoolean(manager.getNetworkCapabilities(manager.activeNetwork).carries())

    private val callback = object : ConnectivityManager.NetworkCallback() {
        override fun onCapabilitiesChanged(network: Network, capabilities: NetworkCapabilities) = set(capabilities.carries())
        override fun onLost(network: Network) = set(false)
    }

    init {
        manager.registerDefaultNetworkCallback(callback)
    }

    override fun isOnline(): Boolean = online.get()
    override fun close() = manager.unregisterNetworkCallback(callback)

    private fun set(now: Boolean) {
        if (online.getAndSet(now) != now) changed()
    }

    private fun NetworkCapabilities?.carries() = this != null && hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET)
}
