/** What tests give the phone's services: an application that is a host over the fake, and keys that lie in memory. */
package ithaca.platform

import android.app.Application
import ithaca.bridge.Client
import ithaca.bridge.Upcoming
import ithaca.bridge.fake.FakeClient
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

class TestApplication : Application(), Host {
    val fake = FakeClient()

    override suspend fun client(): Client = fake
    override fun words(of: Upcoming) = Told(of.with, of.words)
    override fun covered() = Told("Ithaca", "Something comes up")
    override fun channel() = "Reminders"
}

class TestKeys(private val fault: RuntimeException? = null) : Keys {
    private var key: SecretKey? = null

    override fun find(): SecretKey? {
        fault?.let { throw it }
        return key
    }

    override fun make(): SecretKey = KeyGenerator.getInstance("AES").apply { init(256) }.generateKey().also { key = it }
}
