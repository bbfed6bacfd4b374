// Syncing, and what is where, of the library.
internal import IthacaBindings

extension CoreClient {
    public func sync() async throws(IthacaFault) -> SyncOutcome { try await asking { try await SyncOutcome(core.sync()) } }
    public func stopWaiting() async throws(IthacaFault) { try await asking { try await core.stopWaiting() } }
    public func status() async throws(IthacaFault) -> Status { try await asking { try await Status(core.status()) } }
    public func foot(_ space: SpaceId) async throws(IthacaFault) -> Foot {
        try await asking { try await Foot(core.foot(space: space.text)) }
    }

    public func notices() async throws(IthacaFault) -> [Notice] { try await asking { try await core.notices().map(Notice.init) } }
    public func dismiss(_ notice: Notice) async throws(IthacaFault) {
        try await asking { try await core.dismissNotice(no: Int64(notice.no)) }
    }

    public func doctor() async throws(IthacaFault) -> [Finding] { try await asking { try await core.doctor().map(Finding.init) } }
    public func visibility(_ space: SpaceId) async throws(IthacaFault) -> Visibility {
        try await asking { try await Visibility(core.visibility(space: space.text)) }
    }

    public func upcoming(from today: Day, until: Day) async throws(IthacaFault) -> [Upcoming] {
        try await asking { try await core.upcoming(today: today.text, until: until.text).map(Upcoming.init) }
    }
}
