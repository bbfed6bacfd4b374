package ithaca.desktop

import ithaca.bridge.CoreProfiles
import ithaca.bridge.IthacaFault
import ithaca.bridge.ProfileState
import ithaca.bridge.VaultFault
import ithaca.bridge.timed
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import kotlin.io.path.createTempDirectory
import kotlin.io.path.writeBytes
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class FileVaultTest {
    private val folder: Path = createTempDirectory("vault")
    private val file = folder.resolve("profile/vault.key")

    private fun hex(text: String) = text.filter { !it.isWhitespace() && it != ':' }.chunked(2).map { it.toInt(16).toByte() }.toByteArray()

    @Test
    fun `the derived key is that of the draft's test vector`() {
        val key = hex("00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:14:15:16:17:18:19:1a:1b:1c:1d:1e:1f")
        val nonce = hex("00:00:00:09:00:00:00:4a:00:00:00:00:31:41:59:27")
        assertContentEquals(hex("82413b42 27b27bfe d30e4250 8a877d73 a0f9e4d5 8a74a853 c12ec413 26d3ecdc"), hChaCha20(key, nonce))
    }

    @Test
    fun `what is sealed opens, and only its owner reads the key`() {
        val vault = FileVault(file)
        val root = ByteArray(32) { it.toByte() }
        val sealed = vault.seal(root)
        assertContentEquals(root, FileVault(file).unseal(sealed))
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        assertEquals(32, Files.size(file))
    }

    @Test
    fun `another key, no key, altered bytes and a passphrase's bytes are a lost key`() {
        val vault = FileVault(file)
        val sealed = vault.seal(ByteArray(32))
        assertFailsWith<VaultFault.Lost> { vault.unseal(sealed.copyOf().also { it[it.lastIndex] = (it.last() + 1).toByte() }) }
        assertFailsWith<VaultFault.Lost> { vault.unseal(sealed.copyOf().also { it[0] = 2 }) }
        assertFailsWith<VaultFault.Lost> { vault.unseal(byteArrayOf()) }
        file.writeBytes(ByteArray(32))
        assertFailsWith<VaultFault.Lost> { vault.unseal(sealed) }
        Files.delete(file)
        assertFailsWith<VaultFault.Lost> { vault.unseal(sealed) }
    }

    @Test
    fun `a profile opens with its key, not without, and is kept whole aside`() = timed {
        val at = File(folder.toFile(), "profile")
        val profiles = CoreProfiles(at, FileVault(file), null)
        profiles.begin("Ana").shutDown()
        profiles.open().shutDown()
        val key = Files.readAllBytes(file)
        Files.delete(file)
        assertFailsWith<IthacaFault.VaultLost> { profiles.open() }
        profiles.setAside()
        assertEquals(ProfileState.NONE, profiles.there())
        val aside = File(folder.toFile(), "profile.aside-1")
        Files.write(aside.toPath().resolve("vault.key"), key)
        assertEquals("Ana", CoreProfiles(aside, FileVault(aside.toPath().resolve("vault.key")), null).open().also { it.shutDown() }.state().name)
    }
}
