package ithaca.ui.visibility

import ithaca.bridge.Client
import ithaca.bridge.SpaceId
import ithaca.ui.parts.Model
import kotlinx.coroutines.CoroutineScope

/** Four plain lists of who can see what: computed from what is there, not written. */
class VisibilityModel(client: Client, space: SpaceId, scope: CoroutineScope) : Model<VisibilityState>(scope, VisibilityState()) {
    init {
        reading(client, about(space)) {
            val seen = client.visibility(space)
            show { it.copy(seen = seen) }
        }
    }
}
