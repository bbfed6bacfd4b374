/** What the platform gives the core: a keystore, whether there is a network, where log lines go. */
package ithaca.bridge

import ithaca.core.CallbackException
import ithaca.core.LogLevel
import ithaca.core.LogSink
import ithaca.core.VaultFault as CoreVaultFault

/** Why a keystore did not answer. Anything else that is thrown counts as [Failed]. */
sealed class VaultFault : Exception() {
    class Locked : VaultFault()
    class Lost : VaultFault()
    class Failed : VaultFault()
}

/** Seals and opens the root key of a profile. Called on the engine's thread. */
interface KeyVault {
    fun seal(root: ByteArray): ByteArray
    fun unseal(sealed: ByteArray): ByteArray
}

fun interface Connectivity {
    fun isOnline(): Boolean
}

enum class LogSeverity { ERROR, WARNING, INFO }

/** Sends the core's log lines somewhere; null ends it. They hold no words of a person. */
fun sendLogTo(sink: ((severity: LogSeverity, place: String, line: String) -> Unit)?) {
    val core = sink?.let {
        object : LogSink {
            override fun log(level: LogLevel, place: String, line: String) = it(enumValueOf(level.name), place, line)
        }
    }
    ithaca.core.setLogSink(core)
}

internal class CoreVault(private val vault: KeyVault) : ithaca.core.KeyVault {
    override fun seal(root: ByteArray): ByteArray = guarded { vault.seal(root) }
    override fun unseal(sealed: ByteArray): ByteArray = guarded { vault.unseal(sealed) }

    private inline fun guarded(act: () -> ByteArray): ByteArray = try {
        act()
    } catch (e: VaultFault) {
        throw when (e) {
            is VaultFault.Locked -> ithaca.core.VaultFault.Locked()
            is VaultFault.Lost -> ithaca.core.VaultFault.Lost()
            is VaultFault.Failed -> ithaca.core.VaultFault.Failed()
        }
    }
}

internal class CoreConnectivity(private val of: Connectivity) : ithaca.core.Connectivity {
    override fun isOnline(): Boolean = of.isOnline()
}
