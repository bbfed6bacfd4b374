package ithaca.ui.scan

import kotlin.test.Test
import kotlin.test.assertEquals

class ScannedTest {
    /** The same as on the other phone. */
    @Test
    fun `a camera reads codes`() {
        val expected = mapOf(
            "https://relay.example/i#v1.abc" to Scanned.Invitation("https://relay.example/i#v1.abc"),
            " https://relay.example/d#v1.abc\n" to Scanned.NewDevice("https://relay.example/d#v1.abc"),
        ) + listOf(
            "https://relay.example/i", "https://relay.example/i#v2.abc", "https:///i#v1.abc", "ftp://relay.example/i#v1.abc", "WIFI:S:ward;;", "",
            "https://relay.example/x#v1.abc", "https://relay.example/i#v1.abc and more",
        ).associateWith { Scanned.Other }
        assertEquals(expected, expected.keys.associateWith { Scanned.of(it) })
    }
}
