package ithaca.ui.visibility

import ithaca.bridge.Visibility

data class VisibilityState(val seen: Visibility? = null)
