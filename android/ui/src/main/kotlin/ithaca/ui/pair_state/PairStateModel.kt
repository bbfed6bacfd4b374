package ithaca.ui.pair_state

import ithaca.bridge.Client
import ithaca.bridge.Compared
import ithaca.bridge.IthacaFault
import ithaca.bridge.PairEdit
import ithaca.bridge.SpaceId
import ithaca.bridge.Stage
import ithaca.bridge.TextPlace
import ithaca.bridge.Who
import ithaca.ui.parts.Model
import ithaca.ui.root.Platform
import ithaca.ui.typing.TypingModel
import kotlinx.coroutines.CoroutineScope

/** What a pair is: kind, stage, who mentors on what; pausing, ending, leaving, blocking. */
class PairStateModel(private val client: Client, private val space: SpaceId, scope: CoroutineScope, private val platform: Platform) :
    Model<PairStateState>(scope, PairStateState()) {
    private val texts = HashMap<TextPlace, TypingModel>()

    init {
        reading(client, about(space)) {
            val relationship = client.relationship(space)
            show { it.copy(relationship = relationship) }
        }
    }

    val me: Who get() = client.state().let { Who(it.person, it.name, true) }

    fun ask(deed: Deed?) = show { it.copy(asking = deed, reason = "") }
    fun reason(words: String) = show { it.copy(reason = words) }
    fun topic(words: String) = show { it.copy(topic = words) }
    fun cadence(words: String) = show { it.copy(cadence = words) }
    fun reachable(words: String) = show { it.copy(reachable = words) }

    /** Does what was asked about. */
    fun sure() = doing {
        val why = now.reason.trim().ifEmpty { null }
        when (now.asking ?: return@doing) {
            Deed.PAUSE -> client.pausePair(space, why)
            Deed.RESUME -> client.resumePair(space, why)
            Deed.END -> client.endPair(space, why)
            Deed.LEAVE -> client.leavePair(space)
            Deed.BLOCK -> client.block(space, true)
        }
        ask(null)
    }

    fun unblock() = doing { client.block(space, false) }
    fun tellWhatIsRead(on: Boolean) = doing { client.tellWhatIsRead(space, on) }
    fun relay(address: String) = show { it.copy(relay = address) }

    /** Kept at one relay more: everything goes there too. */
    fun keepToo() = doing {
        client.keepAt(space, relays + now.relay.trim())
        show { it.copy(relay = "", needed = null) }
    }

    fun keepNoLonger(relay: String) = doing {
        try {
            client.keepAt(space, relays - relay)
            show { it.copy(needed = null) }
        } catch (_: IthacaFault.Refused) {
            show { it.copy(needed = relay) }
        }
    }

    private val relays: List<String> get() = now.relationship?.pair?.relays.orEmpty()
    fun propose(stage: Stage) = doing { client.proposeStage(space, stage) }
    fun agree() = doing { client.agreeToStage(space) }
    fun compared(how: Compared) = doing { client.compared(space, how) }
    fun kind(kind: String?) = edit(PairEdit.Kind(kind))
    fun mentors(topic: String, who: Who?) = edit(PairEdit.Role(topic, who?.person))

    fun addTopic(mentor: Who) = doing {
        client.editPair(space, listOf(PairEdit.Role(now.topic.trim(), mentor.person)))
        show { it.copy(topic = "") }
    }

    fun keepCadence() = doing {
        client.editPair(space, listOf(PairEdit.Cadence(now.cadence?.trim()?.ifEmpty { null })))
        show { it.copy(cadence = null) }
    }

    fun keepReachable() = doing {
        client.editPair(space, listOf(PairEdit.MyReachable(now.reachable?.trim()?.ifEmpty { null })))
        show { it.copy(reachable = null) }
    }

    /** One typing session a clause or part, opened when it is looked at. */
    fun text(place: TextPlace): TypingModel = texts.getOrPut(place) { TypingModel(client, space, place, scope) }

    fun addClause(title: String) = edit(PairEdit.AddClause(title, ""))
    fun addPlan(section: String) = edit(PairEdit.AddPlan(section, ""))

    /** A file by which the other comes back even without the relay. */
    fun rescue(name: String) = doing {
        val where = platform.keepFile("$name.rescue", client.rescueFile(space))
        show { it.copy(rescued = where) }
    }

    private fun edit(edit: PairEdit) = doing { client.editPair(space, listOf(edit)) }
}
