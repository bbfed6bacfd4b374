// A stub written by hand, not Apple's SDK: what this app uses of CoreImage. Nothing here runs.
@_exported import UIKit

func stub<T>() -> T { fatalError() }

public final class CIImage { public var extent: CGRect { stub() } }
public final class CIFilter {
    public init?(name: String) {}
    public func setValue(_ value: Any?, forKey: String) {}
    public var outputImage: CIImage? { stub() }
}
public final class CIContext {
    public init() {}
    public func createCGImage(_ image: CIImage, from: CGRect) -> CGImage? { stub() }
}
