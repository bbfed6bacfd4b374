// swift-tools-version: 6.0
import PackageDescription

// tools/bindings makes .native/ (the library), Sources/IthacaBindings and Sources/IthacaBindingsFFI, and brings the words. On Linux the library
// is linked from there: the .so, since SwiftPM does not notice that an .a changed. On a Mac it is an XCFramework (project.yml says how it is made).
#if os(Linux)
let native = "\(Context.packageDirectory)/.native"
let rust: Target = .systemLibrary(name: "IthacaBindingsFFI")
let link: [LinkerSetting] = [
    .linkedLibrary("ithaca_ffi"),
    // Swift 6.0's libswiftObservation.so on Linux refers to a symbol that no library defines.
    .unsafeFlags(["-L\(native)", "-Xlinker", "-rpath", "-Xlinker", native, "-Xlinker", "--allow-shlib-undefined"]),
]
#else
let rust: Target = .binaryTarget(name: "IthacaBindingsFFI", path: ".native/IthacaBindingsFFI.xcframework")
let link: [LinkerSetting] = []
#endif

// What only Apple's systems have: the keystore, the lock, reminders, the camera.
#if os(Linux)
// Here instead: an app without a screen, for tests/apps.
let system: [Target] = [.executableTarget(name: "Talker", dependencies: ["IthacaKit"], path: "Tests/Talker")]
let systemProducts: [Product] = []
#else
let system: [Target] = [.target(name: "IthacaSystem", dependencies: ["IthacaKit"])]
let systemProducts: [Product] = [.library(name: "IthacaSystem", targets: ["IthacaSystem"])]
#endif

let package = Package(
    name: "Ithaca",
    defaultLocalization: "en",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "IthacaKit", targets: ["IthacaKit"])] + systemProducts,
    targets: [
        rust,
        .target(
            name: "IthacaBindings", dependencies: ["IthacaBindingsFFI"], swiftSettings: [.swiftLanguageMode(.v5)], linkerSettings: link),
        .target(name: "IthacaKit", dependencies: ["IthacaBindings"], resources: [.copy("Resources")]),
        .testTarget(name: "IthacaKitTests", dependencies: ["IthacaKit"], path: "Tests/IthacaKitTests"),
    ] + system,
    swiftLanguageModes: [.v6]
)
