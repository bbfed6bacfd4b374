// A stub written by hand, not Apple's SDK: what this app uses of VisionKit. Nothing here runs.
import UIKit

func stub<T>() -> T { fatalError() }

public struct VNBarcodeSymbology: Sendable { public static var qr: VNBarcodeSymbology { stub() } }
public enum RecognizedItem: Sendable {
    public struct Barcode: Sendable { public var payloadStringValue: String? { stub() } }
    public struct Text: Sendable {}
    case text(Text)
    case barcode(Barcode)
}
@MainActor public final class DataScannerViewController: UIViewController {
    public struct RecognizedDataType: Sendable {
        public static func barcode(symbologies: [VNBarcodeSymbology] = []) -> RecognizedDataType { stub() }
    }
    public static var isSupported: Bool { stub() }
    public static var isAvailable: Bool { stub() }
    public init(recognizedDataTypes: [RecognizedDataType]) {}
    public weak var delegate: (any DataScannerViewControllerDelegate)?
    public func startScanning() throws {}
    public func stopScanning() {}
}
@MainActor public protocol DataScannerViewControllerDelegate: AnyObject {
    func dataScanner(_ scanner: DataScannerViewController, didAdd added: [RecognizedItem], allItems: [RecognizedItem])
}
