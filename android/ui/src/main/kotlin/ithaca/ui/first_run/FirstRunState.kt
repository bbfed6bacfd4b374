package ithaca.ui.first_run

import ithaca.ui.words.Language

data class FirstRunState(
    val name: String = "",
    val language: Language,
    val wordsNow: Boolean = false,
    val nameMissing: Boolean = false,
    val nameLong: Boolean = false,
    val busy: Boolean = false,
)

/** As long as a line on a small phone; the core allows no more letters either. */
const val LONGEST_NAME = 60
