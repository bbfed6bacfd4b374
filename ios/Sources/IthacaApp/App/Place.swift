// Where a person can go, and the screen that is there.
import IthacaKit
import IthacaSystem
import SwiftUI

enum Place: Hashable {
    case newPair, search, sync, settings, devices, recoveryWords
    case pair(SpaceId), about(SpaceId), notes(SpaceId?), goals(SpaceId), sessions(SpaceId), messages(SpaceId), cards(SpaceId), visibility(SpaceId)
    case note(SpaceId, NoteId), goal(SpaceId, GoalId), session(SpaceId, SessionId)
    case history(SpaceId, document: String, item: ItemId?)
}

/// The pairs, and everything behind them.
struct HomeScreen: View {
    let client: any Client
    let here: Here
    let changed: @MainActor () async -> Void
    @State private var path: [Place] = []

    var body: some View {
        NavigationStack(path: $path) {
            PairsScreen(model: PairsModel(client: client, here: here), go: go)
                .navigationDestination(for: Place.self) { screen($0) }
        }
    }

    private func go(_ place: Place) { path.append(place) }

    @ViewBuilder
    private func screen(_ place: Place) -> some View {
        switch place {
        case .newPair: NewPairScreen(model: NewPairModel(client: client, here: here), go: go)
        case .search: SearchScreen(model: SearchModel(client: client, here: here), go: go)
        case .sync: SyncScreen(model: SyncModel(client: client, here: here))
        case .settings: SettingsScreen(model: SettingsModel(client: client, here: here, lock: DeviceLock(), changed: changed), go: go)
        case .devices: DevicesScreen(model: DevicesModel(client: client, here: here))
        case .recoveryWords: RecoveryWordsScreen(model: RecoveryWordsModel(client: client, here: here))
        default: ofPair(place)
        }
    }

    @ViewBuilder
    private func ofPair(_ place: Place) -> some View {
        switch place {
        case .pair(let space): PairHomeScreen(model: PairHomeModel(client: client, here: here, space: space), go: go)
        case .about(let space): PairStateScreen(model: PairStateModel(client: client, here: here, space: space), go: go)
        case .notes(let space): NotesScreen(model: NotesModel(client: client, here: here, space: space), go: go)
        case .note(let space, let note): NoteScreen(model: NoteModel(client: client, here: here, space: space, note: note), go: go)
        case .goals(let space): GoalsScreen(model: GoalsModel(client: client, here: here, space: space), go: go)
        case .goal(let space, let goal): GoalScreen(model: GoalModel(client: client, here: here, space: space, goal: goal), go: go)
        case .sessions(let space): SessionsScreen(model: SessionsModel(client: client, here: here, space: space), go: go)
        case .messages(let space): MessagesScreen(model: MessagesModel(client: client, here: here, space: space))
        default: behind(place)
        }
    }

    @ViewBuilder
    private func behind(_ place: Place) -> some View {
        switch place {
        case .session(let space, let session):
            SessionScreen(model: SessionModel(client: client, here: here, space: space, session: session))
        case .cards(let space): CardsScreen(model: CardsModel(client: client, here: here, space: space))
        case .visibility(let space): VisibilityScreen(model: VisibilityModel(client: client, here: here, space: space))
        case .history(let space, let document, let item):
            HistoryScreen(model: HistoryModel(client: client, here: here, space: space, document: document, item: item))
        default: EmptyView()
        }
    }
}
