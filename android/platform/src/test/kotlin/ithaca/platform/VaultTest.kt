package ithaca.platform

import ithaca.bridge.VaultFault
import java.security.ProviderException
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34], manifest = Config.NONE)
class VaultTest {
    private val root = ByteArray(32) { it.toByte() }

    @Test
    fun `what was sealed opens again, and never to the same bytes twice`() {
        val vault = KeystoreVault(TestKeys())
        val sealed = vault.seal(root)
        assertEquals(12 + 32 + 16, sealed.size)
        assertArrayEquals(root, vault.unseal(sealed))
        assert(!sealed.contentEquals(vault.seal(root)))
    }

    @Test
    fun `a key that is gone or another is lost, and no new one is made for it`() {
        val sealed = KeystoreVault(TestKeys()).seal(root)
        val empty = TestKeys()
        assertThrows(VaultFault.Lost::class.java) { KeystoreVault(empty).unseal(sealed) }
        assertEquals(null, empty.find())
        val other = KeystoreVault(TestKeys().apply { make() })
        assertThrows(VaultFault.Lost::class.java) { other.unseal(sealed) }
        assertThrows(VaultFault.Lost::class.java) { other.unseal(byteArrayOf(1, 2, 3)) }
    }

    @Test
    fun `a keystore that is away failed, which is no loss`() {
        val away = KeystoreVault(TestKeys(ProviderException("keystore")))
        assertThrows(VaultFault.Failed::class.java) { away.unseal(ByteArray(60)) }
        assertThrows(VaultFault.Failed::class.java) { away.seal(root) }
    }

    @Test
    fun `the phone's key is bound to the phone, not to its screen`() {
        val spec = AndroidKeys("ithaca").spec()
        assertEquals("ithaca" to 256, spec.keystoreAlias to spec.keySize)
        assertEquals(false, spec.isUserAuthenticationRequired)
    }
}
