package ithaca.bridge

import java.time.LocalDate

/** Sessions, with what is written before and after one. */
interface SessionCalls {
    suspend fun sessions(space: SpaceId): Sessions
    suspend fun session(space: SpaceId, session: SessionId): Session
    suspend fun planSession(space: SpaceId, title: String, date: LocalDate?, edits: List<SessionEdit> = emptyList()): SessionId
    suspend fun editSession(space: SpaceId, session: SessionId, edits: List<SessionEdit>)
    suspend fun setSessionState(space: SpaceId, session: SessionId, state: SessionState, reason: String? = null)
    suspend fun sameMeeting(space: SpaceId, one: SessionId, other: SessionId, same: Boolean)
    suspend fun prompts(space: SpaceId, form: Form): List<Prompt>

    /** [alone]: only one's own devices get it, until the form is filled without. */
    suspend fun submitForm(space: SpaceId, session: SessionId, form: Form, answers: List<Answer>, today: LocalDate, alone: Boolean = false)
    suspend fun keepMinutes(space: SpaceId, session: SessionId, text: String, alone: Boolean = false)
}
