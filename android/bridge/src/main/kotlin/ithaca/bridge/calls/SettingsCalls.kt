package ithaca.bridge

/** What this person set, began to write, takes out and lets in. */
interface SettingsCalls {
    suspend fun setRelay(address: String, account: String? = null): String
    suspend fun relay(): String?
    suspend fun setting(name: String): String?
    suspend fun keepSetting(name: String, value: String)

    /** Words that this person began under a name and gave nobody yet, here or on another own device; empty where there are none. */
    suspend fun draft(name: String): String

    /** Keeps such words on this device; empty once they were given away. */
    suspend fun keepDraft(name: String, text: String)

    /** Lets this person's other devices have what was kept; no partner does. */
    suspend fun tellDraft(name: String)
    suspend fun exportSpace(space: SpaceId, form: ExportForm): String
    suspend fun importFile(path: String): Imported
}
