package ithaca.ui.sample

import ithaca.bridge.Answered
import ithaca.bridge.InputSort
import ithaca.bridge.Invite
import ithaca.bridge.InviteId
import ithaca.bridge.InviteState
import ithaca.bridge.IthacaFault
import ithaca.bridge.PersonId
import ithaca.bridge.fake.FakeProfiles
import ithaca.ui.first_run.FirstRunModel
import ithaca.ui.new_device.NewDeviceModel
import ithaca.ui.parts.Screen
import ithaca.ui.restore.RestoreModel

private const val WORDS = "anchor basket candle dolphin ember feather garden hammer island jacket kettle ladder"

/** What a screen shows only after somebody did something before it. */
internal fun prepare(screen: Screen, content: Content, tongue: Tongue, s: Sample) {
    if (content == Content.EMPTY) return
    if (screen == Screen.CARDS && content != Content.DIFFERING) {
        differ(s.client, s.space, s.client.fake.me, s.client.partner, tongue, only = if (content.isLong) 3 else 1)
    }
    val answers = listOf(Answered(PersonId("dee"), "Dee", "48213 90377 15520 66814", false))
    val answered = content == Content.FILLED && screen == Screen.PAIRS
    if (screen == Screen.NEW_PAIR || answered) {
        s.client.invited = listOf(
            Invite(
                InviteId("invite"), true, if (answered) InviteState.ANSWERED else InviteState.OPEN,
                "https://relay.example/i#v1.Zk3vQ9sTq2Lw8Rj5Xn7Yb1Hc4Md6Pf0GaUeKiSoVtW", WORDS, "https://relay.example", NOW.plusSeconds(200_000),
                if (answered) answers else emptyList(), null,
            ),
        )
    }
}

internal fun FirstRunModel.beginAs(content: Content, tongue: Tongue, profiles: FakeProfiles) {
    when (content) {
        Content.EMPTY -> {}
        Content.LONG -> name(tongue.long)
        Content.ERROR -> {
            name("Ana")
            profiles.fail = IthacaFault.StorageFull()
            begin()
        }
        else -> name("Ana Morales")
    }
}

internal fun RestoreModel.restoreAs(content: Content, profiles: FakeProfiles) {
    if (content == Content.EMPTY) return
    words(if (content == Content.ERROR) "anchor basket" else WORDS)
    relay("https://relay.example")
    if (content == Content.OFFLINE) profiles.fail = IthacaFault.Offline()
    look()
}

internal fun NewDeviceModel.joinAs(content: Content, profiles: FakeProfiles) {
    if (content == Content.EMPTY) return
    label("Tablet")
    relay("https://relay.example")
    if (content == Content.ERROR) profiles.fail = IthacaFault.BadInput(InputSort.ADDRESS, "not an address")
    begin()
    if (content == Content.OFFLINE) profiles.offline = true
}
