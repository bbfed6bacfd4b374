/** A camera and a phone's notifications, as a test or a picture wants them. */
package ithaca.ui.sample

import ithaca.ui.root.Reminding
import ithaca.ui.scan.Scanner
import ithaca.ui.scan.Seen

class FakeScanner(var seen: Seen = Seen.Nothing) : Scanner {
    override suspend fun scan(hint: String): Seen = seen
}

class FakeReminding(var isAllowed: Boolean = true, private val allows: Boolean = false) : Reminding {
    var nAsked = 0

    override suspend fun allowed() = isAllowed

    override suspend fun ask(): Boolean {
        nAsked++
        isAllowed = isAllowed || allows
        return isAllowed
    }
}
