package ithaca.bridge

/** What is on this device before anybody's [Client] is open, and the four ways to one: begin, open, come back, be added. */
interface Profiles {
    fun there(): ProfileState
    suspend fun begin(name: String): Client
    suspend fun open(): Client
    suspend fun join(relay: String, label: String): Joining
    suspend fun goOnJoining(): Joining

    /** With [rescue], a file from somebody they work with, also where the relay is gone. */
    suspend fun comeBack(words: String, relay: String, rescue: ByteArray? = null): Returning

    /** Moves what is here out of the way, whole and unopened, so that somebody can come back on this device. */
    suspend fun setAside()
}

/** This device on its way to be somebody's. */
interface Joining {
    suspend fun code(): NewDeviceCode
    suspend fun step(): NewDeviceStage
    suspend fun agree(): NewDeviceStage
    fun stop()
    suspend fun leave()
}

/** Somebody coming back by their words. */
interface Returning {
    suspend fun look(): List<PersonChoice>
    fun stop()
    suspend fun finish(person: PersonId): Client
}
