/** The core's records of what is ahead as app types. */
package ithaca.bridge

import java.time.LocalDate

internal fun ithaca.core.Upcoming.toApp() =
    Upcoming(SpaceId(space), with, same(noun), id, LocalDate.parse(day), atMs?.let(::ms), words)
