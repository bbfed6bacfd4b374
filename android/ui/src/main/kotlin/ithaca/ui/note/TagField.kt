package ithaca.ui.note

import androidx.compose.runtime.Composable
import ithaca.ui.parts.Field
import ithaca.ui.parts.SideButton
import ithaca.ui.words.LocalWords

@Composable
internal fun TagField(tag: String, model: NoteModel) {
    val words = LocalWords.current
    Field(words("note.tag_new"), tag, model::tag, example = words("note.tag_example"), onDone = { model.addTag() })
    if (tag.isNotBlank()) SideButton(words("common.add"), { model.addTag() })
}
