/**
 * The key that seals a profile on a computer: 32 random bytes in a file only its owner may read, beside the profile. The same form as the command
 * line's, so that both open the same profile. It keeps out other users of the machine and whoever gets the profile without this file; it keeps
 * out nobody who reads files as its owner does.
 */
package ithaca.desktop

import ithaca.bridge.KeyVault
import ithaca.bridge.VaultFault
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardOpenOption
import java.nio.file.attribute.PosixFilePermissions
import java.security.GeneralSecurityException
import java.security.SecureRandom

private const val FILE: Byte = 1
private const val KEY = 32
private val CONTEXT = "ithaca/v1/vault".encodeToByteArray()

class FileVault(private val file: Path) : KeyVault {
    private val random = SecureRandom()

    override fun seal(root: ByteArray): ByteArray {
        val nonce = ByteArray(NONCE).also(random::nextBytes)
        return byteArrayOf(FILE) + nonce + XChaCha(keyOrNew()).seal(nonce, CONTEXT, root)
    }

    /** Another key, no key, or a profile that a passphrase seals: this vault has lost what it needs. */
    override fun unseal(sealed: ByteArray): ByteArray {
        if (sealed.size <= 1 + NONCE || sealed[0] != FILE) throw VaultFault.Lost()
        return try {
            XChaCha(key()).open(sealed.copyOfRange(1, 1 + NONCE), CONTEXT, sealed.copyOfRange(1 + NONCE, sealed.size))
        } catch (_: GeneralSecurityException) {
            throw VaultFault.Lost()
        }
    }

    private fun key(): ByteArray {
        val bytes = try {
            Files.readAllBytes(file)
        } catch (_: IOException) {
            throw VaultFault.Lost()
        }
        return bytes.takeIf { it.size == KEY } ?: throw VaultFault.Lost()
    }

    private fun keyOrNew(): ByteArray {
        if (Files.exists(file)) return key()
        val made = ByteArray(KEY).also(random::nextBytes)
        try {
            Files.createDirectories(file.parent)
            val posix = "posix" in file.fileSystem.supportedFileAttributeViews()
            // Readable by nobody else from its first moment on.
            if (posix) Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))) else Files.createFile(file)
            Files.write(file, made, StandardOpenOption.SYNC)
        } catch (_: IOException) {
            throw VaultFault.Failed()
        }
        return made
    }
}
