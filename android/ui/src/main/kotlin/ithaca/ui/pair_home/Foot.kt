package ithaca.ui.pair_home

import ithaca.bridge.Foot
import ithaca.ui.words.Dates
import ithaca.ui.words.Words

/** One quiet line: is my writing safe? */
fun Words.foot(of: Foot, dates: Dates): String {
    val where = when {
        of.here > 0 -> n("pair_home.foot_here", of.here)
        of.onRelay > 0 -> n("pair_home.foot_relay", of.onRelay, "name" to of.name)
        else -> invoke("pair_home.foot_all", "name" to of.name)
    }
    val heard = of.heardAt
    val unconfirmed = of.unconfirmedSince
    val since = when {
        unconfirmed != null -> invoke("pair_home.foot_unconfirmed", "name" to of.name, "day" to dates.plain(unconfirmed))
        heard != null -> invoke("pair_home.foot_heard", "name" to of.name, "day" to dates.inside(dates.dayOf(heard)))
        else -> null
    }
    return listOfNotNull(where, since).joinToString(" · ")
}
