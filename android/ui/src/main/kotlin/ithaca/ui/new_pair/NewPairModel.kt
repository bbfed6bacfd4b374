package ithaca.ui.new_pair

import ithaca.bridge.Answered
import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.Invite
import ithaca.bridge.SpaceId
import ithaca.ui.parts.Model
import ithaca.ui.scan.Scanner
import ithaca.ui.scan.invitation
import kotlinx.coroutines.CoroutineScope

/** Inviting somebody by picture, link or words; answering; comparing and approving. */
class NewPairModel(
    private val client: Client,
    scope: CoroutineScope,
    private val scanner: Scanner?,
    private val onPaired: (SpaceId) -> Unit,
) : Model<NewPairState>(scope, NewPairState(canScan = scanner != null)) {
    init {
        reading(client, { it is Change.Invites || it is Change.Engine }) {
            val (invites, relay) = client.invites() to client.relay()
            show { it.copy(loaded = true, invites = invites, relay = relay, offline = !client.state().online) }
        }
    }

    fun side(side: Side) = show { it.copy(side = side) }
    fun relayTyped(address: String) = show { it.copy(relayTyped = address) }
    fun account(secret: String) = show { it.copy(account = secret) }
    fun pasted(text: String) = show { it.copy(pasted = text) }
    fun pastedRelay(address: String) = show { it.copy(pastedRelay = address) }

    fun keepRelay() = doing {
        val kept = client.setRelay(now.relayTyped.trim(), now.account.trim().ifEmpty { null })
        show { it.copy(relay = kept, account = "") }
    }

    fun invite() = doing {
        client.invite()
        carry()
    }

    fun withdraw(invite: Invite) = doing { client.withdrawInvite(invite.id) }

    fun answer() = doing {
        client.answerInvite(now.pasted.trim(), now.pastedRelay.trim().ifEmpty { null })
        show { it.copy(pasted = "", pastedRelay = "") }
        carry()
    }

    /** An invitation that the camera read is answered at once. */
    fun scan(hint: String) = doing {
        val scan = scanner?.invitation(hint) ?: return@doing
        show { it.copy(scanTrouble = scan.trouble, pasted = scan.code ?: it.pasted) }
        if (scan.code != null) answer()
    }

    fun approve(invite: Invite, answer: Answered) = doing { onPaired(client.approveAnswer(invite.id, answer.person)) }

    /** What waits goes when there is signal; nobody waits for it here. */
    private fun carry() = doing { client.sync() }
}
