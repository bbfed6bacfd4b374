package ithaca.bridge

import java.io.File
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** [Profiles] over the library, in one folder. */
class CoreProfiles(private val folder: File, private val vault: KeyVault, private val connectivity: Connectivity?) : Profiles {
    override fun there(): ProfileState = CoreClient.profileState(folder.path)
    override suspend fun begin(name: String): Client = CoreClient.create(folder.path, vault, connectivity, name)
    override suspend fun open(): Client = CoreClient.open(folder.path, vault, connectivity)
    override suspend fun join(relay: String, label: String): Joining = CoreJoining(JoiningClient.begin(folder.path, vault, relay, label))
    override suspend fun goOnJoining(): Joining = CoreJoining(JoiningClient.goOn(folder.path, vault))
    override suspend fun comeBack(words: String, relay: String, rescue: ByteArray?): Returning = CoreReturning(RestoreClient.byWords(words, relay, rescue))

    override suspend fun setAside() = withContext(Dispatchers.IO) {
        val free = generateSequence(1) { it + 1 }.map { File(folder.parentFile, "${folder.name}.aside-$it") }.first { !it.exists() }
        if (folder.exists() && !folder.renameTo(free)) throw IthacaFault.Internal("the folder could not be moved aside")
    }

    private inner class CoreReturning(private val of: RestoreClient) : Returning {
        override suspend fun look() = of.look()
        override fun stop() = of.stop()
        override suspend fun finish(person: PersonId): Client = of.finish(person, folder.path, vault, connectivity).also { of.close() }
    }
}

private class CoreJoining(private val of: JoiningClient) : Joining {
    override suspend fun code() = of.code()
    override suspend fun step() = of.step()
    override suspend fun agree() = of.agree()
    override fun stop() = of.stop()
    override suspend fun leave() = of.leave()
}
