package ithaca.ui.trouble

import ithaca.bridge.IthacaFault

/** What keeps somebody from their own writing, and the ways out of it. */
data class TroubleState(val fault: IthacaFault, val busy: Boolean = false) {
    /** The last part of its keys in the catalogue. */
    val key: String
        get() = when (fault) {
            is IthacaFault.StorageFull -> "storage_full"
            is IthacaFault.StorageCorrupt -> "storage_corrupt"
            is IthacaFault.VaultLost -> "vault_lost"
            is IthacaFault.Locked -> "locked"
            is IthacaFault.NewerDatabase -> "newer_database"
            is IthacaFault.InUse -> "in_use"
            is IthacaFault.VaultFailed -> "vault_failed"
            else -> "other"
        }

    /** Only where what is here cannot be opened any more. */
    val canComeBack: Boolean get() = fault is IthacaFault.VaultLost || fault is IthacaFault.StorageCorrupt
}
