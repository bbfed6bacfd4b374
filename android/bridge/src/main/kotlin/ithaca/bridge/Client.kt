/** What screens ask of the core, in app types. [CoreClient] asks the library; [ithaca.bridge.fake.FakeClient] keeps all in memory. */
package ithaca.bridge

/**
 * One person's device. What writes is kept when the call returns. Every call throws [IthacaFault] and nothing else of its own; a caller
 * that is cancelled loses the answer, never the work.
 */
interface Client :
    EngineCalls,
    StatusCalls,
    PairCalls,
    InviteCalls,
    NoteCalls,
    TextCalls,
    GoalCalls,
    SessionCalls,
    MessageCalls,
    LookingCalls,
    SettingsCalls,
    DeviceCalls
