package ithaca.ui.search

import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.SpanStyle
import androidx.compose.ui.text.buildAnnotatedString
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.withStyle

/** The core puts what was found into brackets; people see it strong. Brackets that somebody typed stay. */
fun marked(excerpt: String, query: String): AnnotatedString {
    val words = query.split(Regex("\\s+")).filter { it.isNotEmpty() }
    val hit = Regex("\\[([^\\[\\]]+)]").findAll(excerpt).firstOrNull { mark -> words.any { it.equals(mark.groupValues[1], ignoreCase = true) } }
        ?: return AnnotatedString(excerpt)
    return buildAnnotatedString {
        append(excerpt.substring(0, hit.range.first))
        withStyle(SpanStyle(fontWeight = FontWeight.SemiBold)) { append(hit.groupValues[1]) }
        append(excerpt.substring(hit.range.last + 1))
    }
}
