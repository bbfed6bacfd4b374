// A stub written by hand, not Apple's SDK: just enough of SwiftUI's declarations to type-check this app's screens where there is no SDK. Nothing
// here runs. It catches wrong uses of our models and modifiers it does not know; a screen that checks here may still fail in Xcode.
@_exported import Foundation
@_exported import Observation
import UIKit
import UniformTypeIdentifiers

// MARK: Views

@MainActor @preconcurrency
public protocol View {
    associatedtype Body: View
    @ViewBuilder @MainActor @preconcurrency var body: Body { get }
}
extension Never: View { public var body: Never { fatalError() } }
public struct Stub: View { public var body: Never { fatalError() } }
func stub<T>() -> T { fatalError() }

@resultBuilder
public struct ViewBuilder {
    public static func buildExpression<V: View>(_ view: V) -> V { view }
    public static func buildBlock() -> EmptyView { stub() }
    public static func buildBlock<V: View>(_ view: V) -> V { view }
    public static func buildBlock<each V: View>(_ view: repeat each V) -> TupleView<(repeat each V)> { stub() }
    public static func buildIf<V: View>(_ view: V?) -> V? { view }
    public static func buildEither<A: View, B: View>(first: A) -> _Either<A, B> { stub() }
    public static func buildEither<A: View, B: View>(second: B) -> _Either<A, B> { stub() }
    public static func buildLimitedAvailability<V: View>(_ view: V) -> AnyView { stub() }
}
extension Optional: View where Wrapped: View { public var body: Never { fatalError() } }
public struct _Either<A, B>: View { public var body: Never { fatalError() } }
public struct TupleView<T>: View { public var body: Never { fatalError() } }
public struct EmptyView: View { public init() {}; public var body: Never { fatalError() } }
public struct AnyView: View { public init<V: View>(_ view: V) {}; public var body: Never { fatalError() } }

public struct Group<C: View>: View { public init(@ViewBuilder content: () -> C) {}; public var body: Never { fatalError() } }
public struct HStack<C: View>: View {
    public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) {}
    public var body: Never { fatalError() }
}
public struct VStack<C: View>: View {
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) {}
    public var body: Never { fatalError() }
}
public struct Spacer: View { public init(minLength: CGFloat? = nil) {}; public var body: Never { fatalError() } }
public struct Divider: View { public init() {}; public var body: Never { fatalError() } }
public struct NavigationStack<C: View>: View {
    public init(@ViewBuilder root: () -> C) {}
    public init<P: Hashable>(path: Binding<[P]>, @ViewBuilder root: () -> C) {}
    public var body: Never { fatalError() }
}
public struct NavigationLink<L: View>: View {
    public init<P: Hashable>(value: P?, @ViewBuilder label: () -> L) {}
    public var body: Never { fatalError() }
}
extension NavigationLink where L == Text {
    public init<P: Hashable>(_ title: LocalizedStringKey, value: P?) {}
    @_disfavoredOverload public init<S: StringProtocol, P: Hashable>(_ title: S, value: P?) {}
}
public struct List<C: View>: View {
    public init(@ViewBuilder content: () -> C) {}
    public init<D: RandomAccessCollection, I: Hashable, R: View>(
        _ data: D, id: KeyPath<D.Element, I>, @ViewBuilder rowContent: @escaping (D.Element) -> R
    ) where C == ForEach<D, I, R> {}
    public init<D: RandomAccessCollection, R: View>(
        _ data: D, @ViewBuilder rowContent: @escaping (D.Element) -> R
    ) where C == ForEach<D, D.Element.ID, R>, D.Element: Identifiable {}
    public var body: Never { fatalError() }
}
public struct ForEach<D: RandomAccessCollection, I: Hashable, R: View>: View {
    public init(_ data: D, id: KeyPath<D.Element, I>, @ViewBuilder content: @escaping (D.Element) -> R) {}
    public init(_ data: D, @ViewBuilder content: @escaping (D.Element) -> R) where D.Element: Identifiable, I == D.Element.ID {}
    public func onDelete(perform: ((IndexSet) -> Void)?) -> some View { Stub() }
    public var body: Never { fatalError() }
}
public struct Form<C: View>: View { public init(@ViewBuilder content: () -> C) {}; public var body: Never { fatalError() } }
public struct Section<C: View>: View {
    public init(@ViewBuilder content: () -> C) {}
    public init(_ title: LocalizedStringKey, @ViewBuilder content: () -> C) {}
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, @ViewBuilder content: () -> C) {}
    public var body: Never { fatalError() }
}
public struct Text: View {
    public init(_ key: LocalizedStringKey) {}
    @_disfavoredOverload public init<S: StringProtocol>(_ text: S) {}
    public init(verbatim: String) {}
    public func bold() -> Text { self }
    public func monospacedDigit() -> Text { self }
    public func strikethrough(_ on: Bool = true) -> Text { self }
    public func foregroundStyle(_ color: Color) -> Text { self }
    public var body: Never { fatalError() }
}
public struct Image: View {
    public enum Interpolation: Sendable { case none, low, medium, high }
    public init(systemName: String) {}
    public init(uiImage: UIImage) {}
    public func interpolation(_ interpolation: Interpolation) -> Image { self }
    public func resizable() -> Image { self }
    public var body: Never { fatalError() }
}
public struct Label<T: View, I: View>: View { public var body: Never { fatalError() } }
extension Label where T == Text, I == Image {
    public init(_ title: LocalizedStringKey, systemImage: String) {}
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, systemImage: String) {}
}
public struct ProgressView<L: View>: View {
    public init<V: BinaryFloatingPoint>(value: V?, total: V = 1.0, @ViewBuilder label: () -> L) {}
    public var body: Never { fatalError() }
}
public struct Slider: View {
    public init<V: BinaryFloatingPoint>(value: Binding<V>, in bounds: ClosedRange<V>, step: V.Stride = 1) where V.Stride: BinaryFloatingPoint {}
    public var body: Never { fatalError() }
}
public struct DisclosureGroup<L: View, C: View>: View {
    public init(isExpanded: Binding<Bool>, @ViewBuilder content: @escaping () -> C, @ViewBuilder label: () -> L) {}
    public var body: Never { fatalError() }
}
public struct ShareLink<L: View>: View {
    public init(item: URL, @ViewBuilder label: () -> L) {}
    public init(item: String, @ViewBuilder label: () -> L) {}
    public var body: Never { fatalError() }
}
public struct Button<L: View>: View {
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> L) {}
    public init(role: ButtonRole?, action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> L) {}
    public var body: Never { fatalError() }
}
extension Button where L == Text {
    public init(_ title: LocalizedStringKey, action: @escaping @MainActor () -> Void) {}
    public init(_ title: LocalizedStringKey, role: ButtonRole?, action: @escaping @MainActor () -> Void) {}
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, action: @escaping @MainActor () -> Void) {}
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, role: ButtonRole?, action: @escaping @MainActor () -> Void) {}
}
public struct ButtonRole: Sendable { public static let cancel: Self = stub(), destructive: Self = stub() }
public struct TextField<L: View>: View { public var body: Never { fatalError() } }
extension TextField where L == Text {
    public init(_ title: LocalizedStringKey, text: Binding<String>) {}
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, text: Binding<String>) {}
    public init(_ title: LocalizedStringKey, text: Binding<String>, axis: Axis) {}
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, text: Binding<String>, axis: Axis) {}
}
public struct SecureField<L: View>: View { public var body: Never { fatalError() } }
extension SecureField where L == Text {
    public init(_ title: LocalizedStringKey, text: Binding<String>) {}
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, text: Binding<String>) {}
}
public struct Toggle<L: View>: View { public init(isOn: Binding<Bool>, @ViewBuilder label: () -> L) {}; public var body: Never { fatalError() } }
extension Toggle where L == Text {
    public init(_ title: LocalizedStringKey, isOn: Binding<Bool>) {}
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, isOn: Binding<Bool>) {}
}
public struct Picker<L: View, S: Hashable, C: View>: View { public var body: Never { fatalError() } }
extension Picker where L == Text {
    public init(_ title: LocalizedStringKey, selection: Binding<S>, @ViewBuilder content: () -> C) {}
    @_disfavoredOverload public init<T: StringProtocol>(_ title: T, selection: Binding<S>, @ViewBuilder content: () -> C) {}
}
public struct DatePicker<L: View>: View { public var body: Never { fatalError() } }
extension DatePicker where L == Text {
    public init<S: StringProtocol>(_ title: S, selection: Binding<Date>, displayedComponents: DatePickerComponents) {}
}
public struct DatePickerComponents: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let date = Self(rawValue: 1), hourAndMinute = Self(rawValue: 2)
}

public struct LocalizedStringKey: ExpressibleByStringInterpolation, Sendable {
    public init(stringLiteral: String) {}
    public init(_ value: String) {}
}
public enum HorizontalAlignment: Sendable { case leading, center, trailing }
public enum VerticalAlignment: Sendable { case top, center, bottom, firstTextBaseline }
public struct Color: Sendable, ShapeStyle {
    public static let accentColor: Color = stub()
    public init(uiColor: UIColor) {}
}
extension UIColor { public convenience init(_ color: Color) { self.init() } }
public protocol ShapeStyle: Sendable {}
extension ShapeStyle where Self == Color {
    public static var red: Color { stub() }
    public static var green: Color { stub() }
    public static var primary: Color { stub() }
    public static var secondary: Color { stub() }
}

// MARK: State

@MainActor @preconcurrency public protocol DynamicProperty {}
@propertyWrapper public struct State<V>: DynamicProperty {
    public init(wrappedValue: V) {}
    public init(initialValue: V) {}
    public var wrappedValue: V { get { stub() } nonmutating set {} }
    public var projectedValue: Binding<V> { stub() }
}
extension State where V: ExpressibleByNilLiteral { public init() {} }
@propertyWrapper @dynamicMemberLookup public struct Binding<V>: DynamicProperty {
    public init(get: @escaping () -> V, set: @escaping (V) -> Void) {}
    public static func constant(_ value: V) -> Self { stub() }
    public var wrappedValue: V { get { stub() } nonmutating set {} }
    public var projectedValue: Self { self }
    public subscript<T>(dynamicMember path: WritableKeyPath<V, T>) -> Binding<T> { stub() }
}
@propertyWrapper @dynamicMemberLookup public struct Bindable<V: AnyObject & Observable>: DynamicProperty {
    public init(wrappedValue: V) {}
    public init(_ value: V) {}
    public var wrappedValue: V { get { stub() } set {} }
    public var projectedValue: Self { self }
    public subscript<T>(dynamicMember path: ReferenceWritableKeyPath<V, T>) -> Binding<T> { stub() }
}
@propertyWrapper public struct Environment<V>: DynamicProperty {
    public init(_ path: KeyPath<EnvironmentValues, V>) {}
    public init(_ type: V.Type) where V: AnyObject & Observable {}
    public var wrappedValue: V { stub() }
}
public struct EnvironmentValues {
    public var dismiss: DismissAction { stub() }
    public var scenePhase: ScenePhase { stub() }
    public var layoutDirection: LayoutDirection { get { stub() } set {} }
    public var openURL: OpenURLAction { stub() }
}
@MainActor public struct DismissAction { public func callAsFunction() {} }
@MainActor public struct OpenURLAction { public func callAsFunction(_ url: URL) {} }
public enum LayoutDirection: Hashable, CaseIterable, Sendable { case leftToRight, rightToLeft }
public enum Axis: Sendable { case horizontal, vertical }
public enum ScenePhase: Comparable, Sendable { case background, inactive, active }
@propertyWrapper public struct AppStorage<V>: DynamicProperty {
    init(_: Never) {}
    public var wrappedValue: V { get { stub() } nonmutating set {} }
    public var projectedValue: Binding<V> { stub() }
}
extension AppStorage where V == Bool { public init(wrappedValue: V, _ key: String) {} }
extension AppStorage where V == String { public init(wrappedValue: V, _ key: String) {} }
extension AppStorage where V == Int { public init(wrappedValue: V, _ key: String) {} }

// MARK: Modifiers

@MainActor public protocol ViewModifier {
    associatedtype Body: View
    typealias Content = ModifiedView
    @ViewBuilder func body(content: Content) -> Body
}
public struct ModifiedView: View { public var body: Never { fatalError() } }

@MainActor extension View {
    public func frame(width: CGFloat? = nil, height: CGFloat? = nil) -> some View { self }
    public func frame(minWidth: CGFloat? = nil, minHeight: CGFloat? = nil) -> some View { self }
    public func id<I: Hashable>(_ id: I) -> some View { self }
    public func preferredColorScheme(_ scheme: ColorScheme?) -> some View { self }
    public func dynamicTypeSize(_ range: ClosedRange<DynamicTypeSize>) -> some View { self }
    public func fileImporter(
        isPresented: Binding<Bool>, allowedContentTypes: [UTType], onCompletion: @escaping (Result<URL, any Error>) -> Void
    ) -> some View { self }
    public func lineLimit(_ number: Int?) -> some View { self }
    public func lineLimit(_ range: ClosedRange<Int>) -> some View { self }
    public func modifier<M: ViewModifier>(_ modifier: M) -> some View { self }
    public func environment<V>(_ path: WritableKeyPath<EnvironmentValues, V>, _ value: V) -> some View { self }
    public func padding(_ length: CGFloat? = nil) -> some View { self }
    public func font(_ font: Font?) -> some View { self }
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View { self }
    public func tint(_ color: Color?) -> some View { self }
    public func disabled(_ disabled: Bool) -> some View { self }
    public func environment<T: AnyObject & Observable>(_ object: T?) -> some View { self }
    public func navigationTitle(_ title: LocalizedStringKey) -> some View { self }
    @_disfavoredOverload public func navigationTitle<S: StringProtocol>(_ title: S) -> some View { self }
    public func navigationDestination<D: Hashable, C: View>(for: D.Type, @ViewBuilder destination: @escaping (D) -> C) -> some View { self }
    public func toolbar<C: ToolbarContent>(@ToolbarContentBuilder content: () -> C) -> some View { self }
    public func sheet<C: View>(isPresented: Binding<Bool>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping () -> C) -> some View { self }
    public func sheet<I: Identifiable, C: View>(item: Binding<I?>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping (I) -> C) -> some View { self }
    public func alert<A: View, M: View>(_ title: LocalizedStringKey, isPresented: Binding<Bool>, @ViewBuilder actions: () -> A, @ViewBuilder message: () -> M) -> some View { self }
    public func confirmationDialog<A: View>(_ title: LocalizedStringKey, isPresented: Binding<Bool>, @ViewBuilder actions: () -> A) -> some View { self }
    public func swipeActions<C: View>(@ViewBuilder content: () -> C) -> some View { self }
    public func searchable(text: Binding<String>) -> some View { self }
    public func task(@_inheritActorContext _ action: @escaping @Sendable () async -> Void) -> some View { self }
    public func task<I: Equatable>(id: I, @_inheritActorContext _ action: @escaping @Sendable () async -> Void) -> some View { self }
    public func refreshable(action: @escaping @Sendable () async -> Void) -> some View { self }
    public func onAppear(perform: (() -> Void)? = nil) -> some View { self }
    public func onSubmit(_ action: @escaping () -> Void) -> some View { self }
    public func onChange<V: Equatable>(of: V, _ action: @escaping (V, V) -> Void) -> some View { self }
    public func accessibilityLabel(_ label: Text) -> some View { self }
    public func accessibilityLabel(_ label: LocalizedStringKey) -> some View { self }
    @_disfavoredOverload public func accessibilityLabel<S: StringProtocol>(_ label: S) -> some View { self }
    public func accessibilityIdentifier(_ id: String) -> some View { self }
    public func accessibilityHidden(_ hidden: Bool) -> some View { self }
    public func tag<V: Hashable>(_ tag: V) -> some View { self }
}
public struct Font: Sendable {
    public static let body: Font = stub(), headline: Font = stub(), caption: Font = stub(), title: Font = stub(), title2: Font = stub(), footnote: Font = stub()
}

@MainActor @preconcurrency public protocol ToolbarContent {}
public struct ToolbarItem<C: View>: ToolbarContent {
    public init(placement: ToolbarItemPlacement = .automatic, @ViewBuilder content: () -> C) {}
}
public struct ToolbarItemPlacement: Sendable {
    public static let automatic: Self = stub(), primaryAction: Self = stub(), cancellationAction: Self = stub(), confirmationAction: Self = stub()
}
public struct _Toolbar<T>: ToolbarContent {}
@resultBuilder public struct ToolbarContentBuilder {
    public static func buildExpression<C: ToolbarContent>(_ item: C) -> C { item }
    public static func buildBlock<each C: ToolbarContent>(_ item: repeat each C) -> _Toolbar<(repeat each C)> { stub() }
}

// MARK: App

@MainActor @preconcurrency public protocol Scene {
    associatedtype Body: Scene
    @SceneBuilder @MainActor @preconcurrency var body: Body { get }
}
extension Never: Scene {}
@resultBuilder public struct SceneBuilder { public static func buildBlock<S: Scene>(_ scene: S) -> S { scene } }
public struct WindowGroup<C: View>: Scene { public init(@ViewBuilder content: @escaping () -> C) {}; public var body: Never { fatalError() } }
@MainActor @preconcurrency public protocol App {
    associatedtype Body: Scene
    @SceneBuilder @MainActor @preconcurrency var body: Body { get }
    init()
}
extension App { public static func main() { fatalError() } }

// MARK: UIKit's views among SwiftUI's

@MainActor @preconcurrency public struct UIViewRepresentableContext<V: UIViewRepresentable> { public var coordinator: V.Coordinator { stub() } }
@MainActor @preconcurrency public protocol UIViewRepresentable: View where Body == Never {
    associatedtype UIViewType: UIView
    associatedtype Coordinator = Void
    typealias Context = UIViewRepresentableContext<Self>
    func makeUIView(context: Context) -> UIViewType
    func updateUIView(_ view: UIViewType, context: Context)
    func makeCoordinator() -> Coordinator
}
extension UIViewRepresentable { public var body: Never { fatalError() } }
@MainActor @preconcurrency public struct UIViewControllerRepresentableContext<V: UIViewControllerRepresentable> {
    public var coordinator: V.Coordinator { stub() }
}
@MainActor @preconcurrency public protocol UIViewControllerRepresentable: View where Body == Never {
    associatedtype UIViewControllerType: UIViewController
    associatedtype Coordinator = Void
    typealias Context = UIViewControllerRepresentableContext<Self>
    func makeUIViewController(context: Context) -> UIViewControllerType
    func updateUIViewController(_ controller: UIViewControllerType, context: Context)
    func makeCoordinator() -> Coordinator
}
extension UIViewControllerRepresentable { public var body: Never { fatalError() } }

public enum ColorScheme: Sendable { case light, dark }
public enum DynamicTypeSize: Comparable, Sendable {
    case xSmall, small, medium, large, xLarge, xxLarge, xxxLarge, accessibility1, accessibility2, accessibility3, accessibility4, accessibility5
}
