// A stub written by hand, not Apple's SDK: what this app uses of UIKit. Nothing here runs.
@_exported import Foundation

func stub<T>() -> T { fatalError() }

@MainActor @preconcurrency open class UIResponder: NSObject {}
@MainActor @preconcurrency open class UIView: UIResponder {
    public var bounds: CGRect { stub() }
    public var frame: CGRect { get { stub() } set {} }
    public var backgroundColor: UIColor? { get { stub() } set {} }
    public var accessibilityLabel: String? { get { stub() } set {} }
    public func addSubview(_ view: UIView) {}
}
@MainActor @preconcurrency open class UIViewController: UIResponder {
    public var view: UIView! { stub() }
    public var navigationItem: UINavigationItem { stub() }
    public var extensionContext: NSExtensionContext? { stub() }
    open func viewDidLoad() {}
}
@MainActor public final class UINavigationItem { public var rightBarButtonItem: UIBarButtonItem? { get { stub() } set {} } }
@MainActor public final class UIBarButtonItem { public init(title: String?, primaryAction: UIAction?) {} }
@MainActor public final class UIAction { public init(handler: @escaping @MainActor (UIAction) -> Void) {} }
@MainActor public final class UILabel: UIView {
    public var text: String? { get { stub() } set {} }
    public var font: UIFont! { get { stub() } set {} }
    public var numberOfLines: Int { get { stub() } set {} }
}
public final class UIFont: Sendable {
    public enum TextStyle: Sendable { case body, headline, footnote }
    public static func preferredFont(forTextStyle style: TextStyle) -> UIFont { stub() }
}
public final class UIImage: Sendable { public init(cgImage: CGImage) {} }
public final class CGImage: Sendable {}
public enum UIUserInterfaceStyle: Sendable { case unspecified, light, dark }
public final class UITraitCollection: Sendable { public var userInterfaceStyle: UIUserInterfaceStyle { stub() } }
open class UIColor: @unchecked Sendable {
    public init() {}
    public init(red: CGFloat, green: CGFloat, blue: CGFloat, alpha: CGFloat) {}
    public init(dynamicProvider: @escaping (UITraitCollection) -> UIColor) {}
    public static var systemBackground: UIColor { stub() }
}

@MainActor open class UITextPosition: NSObject {}
@MainActor open class UITextRange: NSObject {
    public var start: UITextPosition { stub() }
    public var end: UITextPosition { stub() }
}
public final class NSTextStorage {
    public var length: Int { stub() }
    public func addAttribute(_ name: NSAttributedString.Key, value: Any, range: NSRange) {}
    public func removeAttribute(_ name: NSAttributedString.Key, range: NSRange) {}
}
extension NSAttributedString.Key { public static var backgroundColor: NSAttributedString.Key { stub() } }
@MainActor open class UITextView: UIView {
    public weak var delegate: (any UITextViewDelegate)?
    public var text: String! { get { stub() } set {} }
    public var font: UIFont? { get { stub() } set {} }
    public var adjustsFontForContentSizeCategory: Bool { get { stub() } set {} }
    public var selectedRange: NSRange { get { stub() } set {} }
    public var markedTextRange: UITextRange? { stub() }
    public var beginningOfDocument: UITextPosition { stub() }
    public var textStorage: NSTextStorage { stub() }
    public func offset(from: UITextPosition, to: UITextPosition) -> Int { stub() }
}
@MainActor public protocol UITextViewDelegate: AnyObject {
    func textViewDidChange(_ view: UITextView)
    func textViewDidChangeSelection(_ view: UITextView)
}

// What an extension is given; Foundation has these on Apple's systems.
open class NSExtensionContext: NSObject {
    public var inputItems: [Any] { stub() }
    public func completeRequest(returningItems: [Any]?) {}
}
public final class NSExtensionItem { public var attachments: [NSItemProvider]? { stub() } }
public final class NSItemProvider: Sendable {
    public func hasItemConformingToTypeIdentifier(_ type: String) -> Bool { stub() }
    public func canLoadObject<T: _ObjectiveCBridgeable>(ofClass: T.Type) -> Bool where T._ObjectiveCType: NSItemProviderReading { stub() }
    @discardableResult
    public func loadObject<T: _ObjectiveCBridgeable>(
        ofClass: T.Type, completionHandler: @escaping @Sendable (T?, (any Error)?) -> Void
    ) -> Progress where T._ObjectiveCType: NSItemProviderReading { stub() }
}
public protocol NSItemProviderReading {}
extension NSURL: NSItemProviderReading {}
extension NSString: NSItemProviderReading {}
extension FileManager { public func containerURL(forSecurityApplicationGroupIdentifier group: String) -> URL? { stub() } }
extension URL {
    public func startAccessingSecurityScopedResource() -> Bool { stub() }
    public func stopAccessingSecurityScopedResource() {}
}
