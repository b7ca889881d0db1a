// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// A server that is swift-nio and nothing else.
func nioServer(_ name: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: [
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOWebSocket", package: "swift-nio"),
        ],
        swiftSettings: settings)
}

// A package of its own, so that measuring never adds a dependency to the exchange. Build it with
// `QFEX_CORE_ONLY=1`: it needs nothing of the exchange but the engine.
let package = Package(
    name: "qfex-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        // Named, because the identity of a package by path is the name of its folder.
        .package(name: "qfex-exchange", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .executableTarget(
            name: "book-benchmark",
            dependencies: [.product(name: "ExchangeEngine", package: "qfex-exchange")],
            swiftSettings: settings),
        .executableTarget(
            name: "risk-benchmark",
            dependencies: [.product(name: "ExchangeEngine", package: "qfex-exchange")],
            swiftSettings: settings),
        .executableTarget(
            name: "order-benchmark",
            dependencies: [.product(name: "ExchangeEngine", package: "qfex-exchange")],
            swiftSettings: settings),
        .executableTarget(
            name: "snapshot-benchmark",
            dependencies: [
                .product(name: "ExchangeEngine", package: "qfex-exchange"),
                .product(name: "ExchangeSequencer", package: "qfex-exchange"),
            ],
            swiftSettings: settings),
        nioServer("nio-echo"),
        nioServer("nio-broadcast"),
    ],
    swiftLanguageModes: [.v6]
)
