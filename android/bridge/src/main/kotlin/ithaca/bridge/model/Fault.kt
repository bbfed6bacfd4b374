/** What can be wrong, by what a person can do about it. Every call of a [Client] throws an [IthacaFault] and nothing else of its own. */
package ithaca.bridge

enum class InputSort { LINK, CODE, WORDS, ADDRESS, ACCOUNT, FILE, DAY, ZONE, NAME, OFFSET, ID, VALUE }

sealed class IthacaFault(message: String) : Exception(message) {
    class Locked : IthacaFault("the vault is locked")
    class VaultFailed : IthacaFault("the vault failed")
    class VaultLost : IthacaFault("the vault lost its key")
    class InUse : IthacaFault("the profile is in use")
    class NoProfile : IthacaFault("there is no profile here")
    class ProfileExists : IthacaFault("there is a profile here already")
    class NotAdded : IthacaFault("this device is not added yet")
    class StorageFull : IthacaFault("the disk is full")
    class StorageCorrupt(why: String) : IthacaFault("the database is damaged: $why")
    class NewerDatabase : IthacaFault("the database is of a newer version")
    class BadInput(val sort: InputSort, why: String) : IthacaFault("$sort: $why")
    class NotFound(what: String) : IthacaFault("there is no such $what")
    class ReadOnly(why: String) : IthacaFault("nothing can be written here: $why")
    class Refused(why: String) : IthacaFault(why)
    class Stale : IthacaFault("it changed meanwhile")
    class Offline : IthacaFault("the relay cannot be reached")
    class Stopped : IthacaFault("stopped")
    class Suspended : IthacaFault("suspended")
    class Closed : IthacaFault("closed")
    class Internal(why: String) : IthacaFault(why)
}
