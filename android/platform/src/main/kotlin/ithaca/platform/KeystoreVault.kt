/** The phone's keystore: seals a profile's root key with a key that never leaves it. */
package ithaca.platform

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.UserNotAuthenticatedException
import ithaca.bridge.KeyVault
import ithaca.bridge.VaultFault
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.ProviderException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** Where the sealing key is. */
interface Keys {
    /** The key, or null where there is none (any more). */
    fun find(): SecretKey?

    fun make(): SecretKey
}

/** A key of the Android Keystore. */
class AndroidKeys(private val alias: String) : Keys {
    override fun find(): SecretKey? = KeyStore.getInstance(PROVIDER).apply { load(null) }.getKey(alias, null) as SecretKey?

    override fun make(): SecretKey = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER).apply { init(spec()) }.generateKey()

    /** Not bound to an unlocked screen: a phone in a pocket syncs too. Before the first unlock after a start the profile's files are closed anyway. */
    internal fun spec(): KeyGenParameterSpec =
        KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(256)
            .build()

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
    }
}

/** [KeyVault] over a key: what it seals is the nonce, then the sealed bytes. */
class KeystoreVault(private val keys: Keys) : KeyVault {
    override fun seal(root: ByteArray): ByteArray = told {
        val cipher = Cipher.getInstance(ALGORITHM).apply { init(Cipher.ENCRYPT_MODE, keys.find() ?: keys.make()) }
        check(cipher.iv.size == NONCE) { "a nonce of another length" }
        cipher.iv + cipher.doFinal(root)
    }

    override fun unseal(sealed: ByteArray): ByteArray = told {
        // A phone that was reset or set up from a copy has no such key: the way out is to restore, not to make another.
        val key = keys.find() ?: throw VaultFault.Lost()
        if (sealed.size <= NONCE) throw VaultFault.Lost()
        Cipher.getInstance(ALGORITHM).run {
            init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, sealed, 0, NONCE))
            doFinal(sealed, NONCE, sealed.size - NONCE)
        }
    }

    private inline fun told(act: () -> ByteArray): ByteArray = try {
        act()
    } catch (_: UserNotAuthenticatedException) {
        throw VaultFault.Locked()
    } catch (_: KeyPermanentlyInvalidatedException) {
        throw VaultFault.Lost()
    } catch (_: AEADBadTagException) {
        throw VaultFault.Lost()
    } catch (_: GeneralSecurityException) {
        throw VaultFault.Failed()
    } catch (_: ProviderException) {
        // The keystore's own process is away.
        throw VaultFault.Failed()
    }

    private companion object {
        const val ALGORITHM = "AES/GCM/NoPadding"
        const val NONCE = 12
        const val TAG_BITS = 128
    }
}
