/** XChaCha20-Poly1305, which the platform has only with a short nonce: the key for that is derived from the first part of the long one. */
package ithaca.desktop

import java.nio.ByteBuffer
import java.nio.ByteOrder
import javax.crypto.Cipher
import javax.crypto.spec.IvParameterSpec
import javax.crypto.spec.SecretKeySpec

internal const val NONCE = 24

internal class XChaCha(private val key: ByteArray) {
    fun seal(nonce: ByteArray, context: ByteArray, plain: ByteArray): ByteArray = cipher(Cipher.ENCRYPT_MODE, nonce, context).doFinal(plain)

    /** Throws [javax.crypto.AEADBadTagException] where it does not open. */
    fun open(nonce: ByteArray, context: ByteArray, sealed: ByteArray): ByteArray = cipher(Cipher.DECRYPT_MODE, nonce, context).doFinal(sealed)

    private fun cipher(mode: Int, nonce: ByteArray, context: ByteArray): Cipher {
        require(key.size == 32 && nonce.size == NONCE)
        val cipher = Cipher.getInstance("ChaCha20-Poly1305")
        val short = ByteArray(4) + nonce.copyOfRange(16, NONCE)
        cipher.init(mode, SecretKeySpec(hChaCha20(key, nonce.copyOf(16)), "ChaCha20"), IvParameterSpec(short))
        cipher.updateAAD(context)
        return cipher
    }
}

/** The derived key: draft-irtf-cfrg-xchacha, section 2.2. */
internal fun hChaCha20(key: ByteArray, nonce: ByteArray): ByteArray {
    val s = IntArray(16)
    intArrayOf(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574).copyInto(s)
    val words = ByteBuffer.wrap(key + nonce).order(ByteOrder.LITTLE_ENDIAN)
    for (i in 4..15) s[i] = words.int
    repeat(10) {
        for (i in 0..3) quarter(s, i, 4 + i, 8 + i, 12 + i)
        for (i in 0..3) quarter(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    }
    val out = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN)
    for (i in 0..3) out.putInt(s[i])
    for (i in 12..15) out.putInt(s[i])
    return out.array()
}

private fun quarter(s: IntArray, a: Int, b: Int, c: Int, d: Int) {
    s[a] += s[b]; s[d] = (s[d] xor s[a]).rotateLeft(16)
    s[c] += s[d]; s[b] = (s[b] xor s[c]).rotateLeft(12)
    s[a] += s[b]; s[d] = (s[d] xor s[a]).rotateLeft(8)
    s[c] += s[d]; s[b] = (s[b] xor s[c]).rotateLeft(7)
}
