package ithaca.ui.settings

import ithaca.bridge.PairLine
import ithaca.bridge.SpaceId
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language

data class SettingsState(
    val loaded: Boolean = false,
    val relay: String? = null,
    val relayTyped: String? = null,
    val account: String = "",
    val looks: Looks = Looks(),
    val language: Language = Language.EN,
    val lockOffered: Boolean = false,
    val locks: Boolean = false,
    val pairs: List<PairLine> = emptyList(),
    val reminded: Set<SpaceId> = emptySet(),
    /** Whether this device reminds at all. */
    val reminds: Boolean = false,
    val remindingRefused: Boolean = false,
    val namesOnLockedScreen: Boolean = false,
    val exported: String? = null,
    val imported: Brought? = null,
    val offline: Boolean = false,
)

/** What came of bringing a file in. */
enum class Brought { SAME, MORE, COPY }

val TEXT_SIZES = listOf(85, 100, 120, 150, 200)
