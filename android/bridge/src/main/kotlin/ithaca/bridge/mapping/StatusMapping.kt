/** The core's records of what is where, and of who sees what, as app types. */
package ithaca.bridge

internal fun ithaca.core.Foot.toApp() =
    Foot(name, here.toLong(), onRelay.toLong(), heardAtMs?.let(::ms), unconfirmedSinceMs?.let(::ms))

internal fun ithaca.core.RelayView.toApp() = Relay(origin, trouble, againMs?.let(::ms))

internal fun ithaca.core.StatusView.toApp() = Status(
    spaces.map {
        SpaceStatus(
            SpaceId(it.space), it.private, it.foot.toApp(), it.stateCode, it.stateWords, it.setAside.toLong(), it.unknownAuthor.toLong(),
            it.knownMissing.toLong(),
        )
    },
    relays.map { it.toApp() },
)

internal fun ithaca.core.SyncOutcome.toApp() = SyncOutcome(ms(atMs), offline, noRelay, relays.map { it.toApp() })

internal fun ithaca.core.NoticeView.toApp() = Notice(no, space?.let(::SpaceId), kind, ms(atMs), words)

internal fun ithaca.core.Visibility.toApp() =
    Visibility(relays, readers.map { it.toApp() }, ownDevices.toInt(), privateNotes.toInt(), shared.toInt())
