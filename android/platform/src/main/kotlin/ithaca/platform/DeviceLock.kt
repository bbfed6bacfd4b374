/** The phone's own lock, asked for before what is kept is shown: a finger, a face, a PIN. */
package ithaca.platform

import android.app.Activity
import android.app.KeyguardManager
import android.hardware.biometrics.BiometricManager.Authenticators
import android.hardware.biometrics.BiometricPrompt
import android.os.CancellationSignal
import kotlin.coroutines.resume
import kotlinx.coroutines.suspendCancellableCoroutine

/** Needs Android 11 or later; see [available]. */
class DeviceLock(private val activity: Activity, private val title: String) {
    /** Whether the phone has a lock at all. */
    val available: Boolean get() = activity.getSystemService(KeyguardManager::class.java)?.isDeviceSecure == true

    /** Asks; whether it was the phone's owner. */
    suspend fun unlock(): Boolean {
        if (!available) return true
        return suspendCancellableCoroutine { asked ->
            val stop = CancellationSignal()
            asked.invokeOnCancellation { stop.cancel() }
            val prompt = BiometricPrompt.Builder(activity)
                .setTitle(title)
                .setAllowedAuthenticators(Authenticators.BIOMETRIC_STRONG or Authenticators.DEVICE_CREDENTIAL)
                .build()
            prompt.authenticate(stop, activity.mainExecutor, object : BiometricPrompt.AuthenticationCallback() {
                override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult?) = answer(true)
                override fun onAuthenticationError(code: Int, text: CharSequence?) = answer(false)

                private fun answer(good: Boolean) {
                    if (asked.isActive) asked.resume(good)
                }
            })
        }
    }
}
