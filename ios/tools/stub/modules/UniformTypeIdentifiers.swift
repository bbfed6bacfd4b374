// A stub written by hand, not Apple's SDK: what this app uses of UniformTypeIdentifiers. Nothing here runs.
func stub<T>() -> T { fatalError() }

public struct UTType: Sendable {
    public var identifier: String { stub() }
    public static var url: UTType { stub() }
    public static var plainText: UTType { stub() }
    public static var item: UTType { stub() }
    public static var image: UTType { stub() }
}
