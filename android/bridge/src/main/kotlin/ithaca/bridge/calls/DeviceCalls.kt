package ithaca.bridge

/** Own devices, and recovery words. */
interface DeviceCalls {
    suspend fun devices(): Devices
    suspend fun scanDevice(text: String, relay: String? = null): Comer
    suspend fun approveDevice(comer: String)
    suspend fun nameDevice(device: DeviceId, name: String)
    suspend fun revokeDevice(device: DeviceId)
    suspend fun wordsStatus(): WordsStatus
    suspend fun newWords(old: String? = null): NewWords
    suspend fun checkWords(words: String): WordsCheck
    suspend fun agreeToWords()
}
