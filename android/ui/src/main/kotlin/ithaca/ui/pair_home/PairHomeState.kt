package ithaca.ui.pair_home

import ithaca.bridge.Home
import ithaca.bridge.StageProposal

data class PairHomeState(val home: Home? = null, val offline: Boolean = false, val talked: String? = null) {
    val theirProposal: StageProposal? get() = home?.pair?.proposed?.lastOrNull { !it.by.me }
    val myProposal: StageProposal? get() = home?.pair?.proposed?.lastOrNull { it.by.me }
}
