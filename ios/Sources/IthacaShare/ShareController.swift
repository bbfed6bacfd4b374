// The share extension: takes what another app hands over, keeps text, and says what became of it.
import IthacaKit
import IthacaSystem
import UIKit
import UniformTypeIdentifiers

final class ShareController: UIViewController {
    private let words = Words.best(of: Locale.preferredLanguages)
    private let label = UILabel()

    override func viewDidLoad() {
        super.viewDidLoad()
        label.numberOfLines = 0
        label.font = .preferredFont(forTextStyle: .body)
        label.frame = view.bounds.insetBy(dx: 16, dy: 16)
        view.backgroundColor = .systemBackground
        view.addSubview(label)
        Task { await take() }
    }

    private func take() async {
        let items = (extensionContext?.inputItems ?? []).compactMap { $0 as? NSExtensionItem }
        var things: [SharedThing] = []
        for provider in items.flatMap({ $0.attachments ?? [] }) { things.append(await thing(provider)) }
        label.text = SystemDoor.inbox().put(things, words).sentence
        let close = UIBarButtonItem(title: words("common.close"), primaryAction: UIAction { [weak self] _ in self?.close() })
        navigationItem.rightBarButtonItem = close
    }

    private func thing(_ provider: NSItemProvider) async -> SharedThing {
        if let url = await load(provider, URL.self), !url.isFileURL { return .link(url.absoluteString) }
        if let text = await load(provider, String.self) { return .text(text) }
        return provider.hasItemConformingToTypeIdentifier(UTType.image.identifier) ? .picture : .other
    }

    private func load<T: _ObjectiveCBridgeable & Sendable>(_ provider: NSItemProvider, _ type: T.Type) async -> T?
    where T._ObjectiveCType: NSItemProviderReading {
        guard provider.canLoadObject(ofClass: type) else { return nil }
        return await withCheckedContinuation { next in
            _ = provider.loadObject(ofClass: type) { found, _ in next.resume(returning: found) }
        }
    }

    private func close() { extensionContext?.completeRequest(returningItems: nil) }
}
