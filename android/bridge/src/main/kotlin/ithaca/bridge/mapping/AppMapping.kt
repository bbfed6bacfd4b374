/** The core's records of the app as a whole, and of who somebody is, as app types. */
package ithaca.bridge

internal fun ithaca.core.Who.toApp() = Who(PersonId(person), name, me)

internal fun ithaca.core.ProfileState.toApp(): ProfileState = same(this)

internal fun ithaca.core.LastSync.toApp() = LastSync(ms(atMs), reached)

internal fun ithaca.core.Snapshot.toApp() =
    AppState(same(phase), PersonId(person), DeviceId(device), name, online, syncing, lastSync?.toApp(), trouble)

internal fun ithaca.core.Change.toApp(): Change = when (this) {
    is ithaca.core.Change.Everything -> Change.Everything
    is ithaca.core.Change.Content -> Change.Content(SpaceId(space))
    is ithaca.core.Change.Members -> Change.Members(SpaceId(space))
    is ithaca.core.Change.Whereabouts -> Change.Whereabouts(SpaceId(space))
    is ithaca.core.Change.Invites -> Change.Invites
    is ithaca.core.Change.Notices -> Change.Notices
    is ithaca.core.Change.Engine -> Change.Engine
}
