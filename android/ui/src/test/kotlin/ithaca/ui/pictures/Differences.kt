package ithaca.ui.pictures

/** So many fields of the hash may differ by chance. */
private const val ALIKE = 2

/** What looks otherwise in [after] than in [before]: lines of `name size hash`; what is gone, what is new, then the most changed first. */
fun differences(before: List<String>, after: List<String>): List<String> {
    val (was, now) = byName(before) to byName(after)
    val changed = now.keys.intersect(was.keys).map { it to distance(was.getValue(it), now.getValue(it)) }.filter { it.second > ALIKE }
    return (was.keys - now.keys).map { "gone $it" } + (now.keys - was.keys).map { "new $it" } +
        changed.sortedByDescending { it.second }.map { (name, far) -> "changed $name by $far of 256" }
}

private fun byName(lines: List<String>) = lines.associate { it.substringBefore(' ') to it.substringAfterLast(' ') }

private fun distance(one: String, other: String) = one.zip(other).sumOf { (a, b) -> Integer.bitCount(a.digitToInt(16) xor b.digitToInt(16)) }
