// The core's errors as the app's one fault.
internal import IthacaBindings

extension InputSort {
    init(_ v: IthacaBindings.Input) {
        self = switch v {
        case .link: .link
        case .code: .code
        case .words: .words
        case .address: .address
        case .account: .account
        case .file: .file
        case .day: .day
        case .zone: .zone
        case .name: .name
        case .offset: .offset
        case .id: .id
        case .value: .value
        }
    }
}

extension IthacaFault {
    init(_ v: IthacaBindings.IthacaError) {
        self = switch v {
        case .Locked: .locked
        case .VaultFailed: .vaultFailed
        case .VaultLost: .vaultLost
        case .InUse: .inUse
        case .NoProfile: .noProfile
        case .ProfileExists: .profileExists
        case .NotAdded: .notAdded
        case .StorageFull: .storageFull
        case .StorageCorrupt(let why): .storageCorrupt(why: why)
        case .NewerDatabase: .newerDatabase
        case .BadInput(let input, let why): .badInput(InputSort(input), why: why)
        case .NotFound(let what): .notFound(what)
        case .ReadOnly(let why): .readOnly(why: why)
        case .Refused(let why): .refused(why: why)
        case .Stale: .stale
        case .Offline: .offline
        case .Stopped: .stopped
        case .Suspended: .suspended
        case .Closed: .closed
        case .Internal(let why): .internal(why: why)
        }
    }

    init(any error: any Error) {
        self = switch error {
        case let fault as IthacaFault: fault
        case let core as IthacaBindings.IthacaError: IthacaFault(core)
        default: .internal(why: "the binding failed")
        }
    }
}

/// Calls the core; what it throws becomes the app's fault.
func asking<T: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ act: () async throws -> T
) async throws(IthacaFault) -> T {
    do { return try await act() } catch { throw IthacaFault(any: error) }
}
