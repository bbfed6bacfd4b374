package ithaca.bridge

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach

/** Two people, and two devices of one, over a relay. */
class TogetherTest {
    @Test
    fun `written apart, offline, and the same afterwards`() = together { (ana, ben, space), _ ->
        listOf(ana, ben).forEach { it.goOnline(false) }
        ana.client.say(space, "I arrive at noon.")
        ben.client.newNote(space, "Plan")
        assertTrue(ana.client.sync().offline)
        assertEquals(Where.HERE, ana.client.messages(space).messages.single().at)
        assertTrue(ana.client.foot(space).here > 0)
        listOf(ana, ben).forEach { it.goOnline(true) }
        bothSync(ana, ben)
        suspend fun code(p: Phone) = p.client.status().spaces.single { it.space == space }.stateCode
        assertEquals(code(ana), code(ben))
        assertEquals(Where.OTHER, ana.client.messages(space).messages.single().at)
        assertTrue(ana.client.state().lastSync!!.reached)
    }

    @Test
    fun `what the other says is heard while the app is looked at`() = together { (ana, ben, space), _ ->
        ben.client.watchRelays(true)
        val listening = CompletableDeferred<Unit>()
        val heard = async(Dispatchers.Default) {
            // The flow begins with "everything" once it listens; what came before is not told again.
            ben.client.changes.onEach { listening.complete(Unit) }.first { Change.Content(space) in it }
        }
        listening.await()
        ana.client.say(space, "Are you there?")
        ana.client.sync()
        heard.await()
        assertEquals("Are you there?", ben.client.messages(space).messages.single().text)
    }

    @Test
    fun `stages, pausing, ending, leaving, blocking`() = together { (ana, ben, space), _ ->
        ana.client.compared(space, Compared.IN_PERSON)
        assertEquals(Compared.IN_PERSON, ana.client.pairs().single().compared)
        ana.client.proposeStage(space, Stage.CULTIVATION)
        bothSync(ana, ben)
        ben.client.agreeToStage(space)
        ben.client.pausePair(space, "Exams")
        bothSync(ana, ben)
        assertEquals(Stage.CULTIVATION to PairState.PAUSED, ana.client.pairs().single().let { it.stage to it.state })
        ana.client.resumePair(space)
        ben.client.resumePair(space)
        bothSync(ana, ben)
        assertEquals(PairState.RUNNING, ana.client.pairs().single().state)
        ana.client.block(space, true)
        assertEquals(PairState.BLOCKED, ana.client.pairs().single().state)
        ana.client.block(space, false)
        ben.client.endPair(space)
        bothSync(ana, ben)
        assertEquals(PairState.ENDED, ana.client.pairs().single().state)
        ana.client.leavePair(space)
        assertFailsWith<IthacaFault.ReadOnly> { ana.client.say(space, "x") }
        assertFailsWith<IthacaFault.Refused> { ana.client.rescueFile(space) }
    }

    @Test
    fun `words instead of a link, and withdrawing`() = TestRelay().use { relay ->
        timed {
            Phone.named("Ana").use { ana ->
                Phone.named("Ben").use { ben ->
                    assertFailsWith<IthacaFault.Refused> { ana.client.invite() }
                    assertFailsWith<IthacaFault.BadInput> { ana.client.setRelay("http://relay.example") }
                    ana.client.setRelay(relay.origin)
                    val first = ana.client.invite()
                    ana.client.withdrawInvite(first.id)
                    assertTrue(ana.client.invites().none { it.id == first.id && it.state == InviteState.OPEN })
                    val invite = ana.client.invite()
                    ana.client.sync()
                    assertEquals(InputSort.LINK, assertFailsWith<IthacaFault.BadInput> { ben.client.answerInvite(invite.link!!.dropLast(9)) }.sort)
                    ben.client.answerInvite(invite.words!!, relay.origin)
                    ben.client.sync()
                    ana.client.sync()
                    val answer = ana.client.invites().single { it.id == invite.id }.answers.single()
                    assertTrue(answer.spoken)
                    val space = ana.client.approveAnswer(invite.id, answer.person)
                    assertTrue(ana.client.pairs().single { it.space == space }.mustCompare)
                }
            }
        }
    }

    @Test
    fun `a second phone is added, named and ended`() = together { (ana, _, space), relay ->
        ana.client.say(space, "Hello")
        ana.client.sync()
        val (folder, vault) = Phone.newFolder() to TestVault()
        var joining = JoiningClient.begin(folder, vault, relay.origin, "Laptop")
        val code = joining.code()
        assertEquals(NewDeviceStage.Waiting, joining.step())
        val comer = ana.client.scanDevice(code.code)
        ana.client.sync()
        assertEquals(ComerState.ASKING to code.fourWords, ana.client.devices().comers.single().let { it.state to it.words })
        ana.client.approveDevice(comer.id)
        ana.client.sync()
        joining.leave()
        joining.close()
        assertEquals(ProfileState.JOINING, CoreClient.profileState(folder))
        assertFailsWith<IthacaFault.NotAdded> { CoreClient.open(folder, vault, null) }
        joining = JoiningClient.goOn(folder, vault)
        assertEquals(ana.client.devices().fourWords, assertIs<NewDeviceStage.Offered>(joining.step()).words)
        assertEquals(NewDeviceStage.Agreed, joining.agree())
        joining.step()
        repeat(2) { ana.client.sync() }
        assertEquals(NewDeviceStage.Ready, joining.step())
        joining.leave()
        joining.close()
        CoreClient.open(folder, vault, null).use { laptop ->
            repeat(2) { laptop.sync() }
            assertEquals("Hello", laptop.messages(space).messages.single().text)
            val id = laptop.state().device
            ana.client.sync()
            ana.client.nameDevice(id, "Old laptop")
            ana.client.revokeDevice(id)
            assertTrue(ana.client.devices().devices.single { it.id == id }.revoked)
            assertFailsWith<IthacaFault.Refused> { ana.client.revokeDevice(ana.client.state().device) }
            laptop.shutDown()
        }
    }

    @Test
    fun `twelve words bring somebody back`() = together { (ana, ben, space), relay ->
        val words = ana.client.newWords()
        assertEquals(WordsCheck.NOT_READY, ana.client.checkWords(words.words))
        ana.client.say(space, "Before the phone was lost")
        bothSync(ana, ben)
        assertEquals(WordsCheck.READY, ana.client.checkWords(words.words))
        assertTrue(ana.client.wordsStatus().made)
        assertFailsWith<IthacaFault.NotFound> { ana.client.agreeToWords() }
        assertTrue(ben.client.rescueFile(space).isNotEmpty())
        val person = ana.client.state().person
        ana.client.shutDown()
        RestoreClient.byWords(words.words, relay.origin).use { restore ->
            assertEquals(person, restore.look().single().person)
            restore.finish(person, Phone.newFolder(), TestVault(), null).use { back ->
                repeat(3) {
                    back.sync()
                    ben.client.sync()
                }
                assertEquals("Before the phone was lost", back.messages(space).messages.single().text)
                back.shutDown()
            }
        }
        assertFailsWith<IthacaFault.BadInput> { RestoreClient.byWords("one two", relay.origin) }
    }
}
