package ithaca.ui.scan

/** What came of scanning: the words of the code that was wanted, or why there are none, as the last part of a key in the catalogue. */
data class Scan(val code: String? = null, val trouble: String? = null)

/** Scans for an invitation. */
suspend fun Scanner.invitation(hint: String): Scan = wanted(scan(hint), "no_invitation") { (it as? Scanned.Invitation)?.link }

/** Scans for the code that a new device shows. */
suspend fun Scanner.newDevice(hint: String): Scan = wanted(scan(hint), "no_device") { (it as? Scanned.NewDevice)?.code }

private fun wanted(seen: Seen, otherwise: String, of: (Scanned) -> String?): Scan = when (seen) {
    is Seen.Code -> of(Scanned.of(seen.text))?.let { Scan(it) } ?: Scan(trouble = otherwise)
    Seen.Nothing -> Scan()
    Seen.Refused -> Scan(trouble = "refused")
    Seen.NoCamera -> Scan(trouble = "no_camera")
}
