// The camera reads a code and gives its text; where there is none, or the person did not allow it, a sentence stands there.
import SwiftUI
import UIKit
import VisionKit

public struct CodeScanner: View {
    private let refused: String
    private let read: (String) -> Void

    public init(refused: String, read: @escaping (String) -> Void) { (self.refused, self.read) = (refused, read) }

    public var body: some View {
        if DataScannerViewController.isSupported, DataScannerViewController.isAvailable {
            Scanner(read: read)
        } else {
            Text(refused).padding(16)
        }
    }
}

private struct Scanner: UIViewControllerRepresentable {
    let read: (String) -> Void

    func makeUIViewController(context: Context) -> DataScannerViewController {
        let scanner = DataScannerViewController(recognizedDataTypes: [.barcode(symbologies: [.qr])])
        scanner.delegate = context.coordinator
        try? scanner.startScanning()
        return scanner
    }

    func updateUIViewController(_ scanner: DataScannerViewController, context: Context) {}
    func makeCoordinator() -> Coordinator { Coordinator(read) }

    @MainActor
    final class Coordinator: NSObject, DataScannerViewControllerDelegate {
        private let read: (String) -> Void
        init(_ read: @escaping (String) -> Void) { self.read = read }

        func dataScanner(_ scanner: DataScannerViewController, didAdd added: [RecognizedItem], allItems: [RecognizedItem]) {
            for case .barcode(let code) in added {
                guard let text = code.payloadStringValue else { continue }
                scanner.stopScanning()
                return read(text)
            }
        }
    }
}
