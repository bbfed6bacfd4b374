package ithaca.ui.root

import ithaca.bridge.Client
import ithaca.bridge.IthacaFault
import ithaca.ui.parts.Place
import ithaca.ui.parts.Screen

/** Where the app stands before and around its screens. */
sealed interface RootState {
    data object Opening : RootState

    /** Nobody is here yet: a first run, coming back, or being added. */
    data class Door(val screen: Screen) : RootState
    data class Trouble(val fault: IthacaFault) : RootState
    data class Locked(val client: Client) : RootState
    data class Open(val client: Client, val first: List<Place>) : RootState
}
