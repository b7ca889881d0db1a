// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled in Swift 6 language mode, with warnings as errors and explicit imports.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

// The pure core: no dependency outside this package but the testing kit's numbers without a bound, so
// that its tests build and run in seconds.
var products: [Product] = [
    .library(name: "ExchangeEngine", targets: ["ExchangeTypes", "ExchangeEngine"]),
    .library(
        name: "ExchangeSequencer",
        targets: ["MarketDataViews", "ExchangeJournal", "ExchangeSequencer"]),
    .library(name: "ExchangeTesting", targets: ["ExchangeTesting"]),
    .library(name: "QFEXWire", targets: ["QFEXWire"]),
]
var dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1")
]
let bigInt: Target.Dependency = .product(name: "BigInt", package: "BigInt")
var targets: [Target] = [
    // vocabulary
    library("ExchangeTypes"),
    // pure logic
    library("ExchangeEngine", ["ExchangeTypes"]),
    library("QFEXWire", ["ExchangeTypes"]),
    library("MarketDataViews", ["ExchangeTypes"]),
    // durability
    library("ExchangeJournal", ["ExchangeTypes"]),
    library(
        "ExchangeSequencer",
        ["ExchangeTypes", "ExchangeEngine", "MarketDataViews", "ExchangeJournal"]),
    // market hours and the other calendars
    library("MarketCalendar", ["ExchangeTypes"]),
    // the sandbox's moving market
    library("SandboxMarket", ["ExchangeTypes", "ExchangeSequencer", "MarketCalendar"]),
    // testing kit
    library("ExchangeTesting", ["ExchangeTypes", "ExchangeEngine", "ExchangeJournal", bigInt]),

    tests("StyleTests", []),
    tests("ExchangeTypesTests", ["ExchangeTypes"]),
    tests("ExchangeEngineTests", ["ExchangeTypes", "ExchangeEngine", "ExchangeTesting"]),
    tests("ExchangeTestingTests", ["ExchangeTypes", "ExchangeTesting", bigInt]),
    tests("WorkloadTests", ["ExchangeTypes", "ExchangeEngine"]),
    tests("QFEXWireTests", ["ExchangeTypes", "QFEXWire"]),
    tests("MarketDataViewsTests", ["ExchangeTypes", "MarketDataViews"]),
    tests("ExchangeJournalTests", ["ExchangeTypes", "ExchangeJournal"]),
    tests(
        "ExchangeSequencerTests",
        [
            "ExchangeTypes", "ExchangeEngine", "MarketDataViews", "ExchangeJournal",
            "ExchangeSequencer", "ExchangeTesting",
        ]),
    tests("MarketCalendarTests", ["ExchangeTypes", "MarketCalendar"]),
    tests(
        "SandboxMarketTests",
        [
            "ExchangeTypes", "ExchangeEngine", "ExchangeJournal", "ExchangeSequencer",
            "MarketCalendar", "SandboxMarket",
        ]),
]

// The edges need the network and cryptography packages. `QFEX_CORE_ONLY=1` leaves them out, which
// is how `make test-core` keeps the engine's inner loop free of their long first build.
let coreOnly = Context.environment["QFEX_CORE_ONLY"] != nil

if !coreOnly {
    let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
    let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
    let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
    let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
    let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
    let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
    let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
    let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
    let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
    let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
    let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
    let lifecycle: Target.Dependency = .product(
        name: "ServiceLifecycle", package: "swift-service-lifecycle")
    let unixSignals: Target.Dependency = .product(
        name: "UnixSignals", package: "swift-service-lifecycle")
    let configuration: Target.Dependency = .product(
        name: "Configuration", package: "swift-configuration")
    let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
    let arguments: Target.Dependency = .product(
        name: "ArgumentParser", package: "swift-argument-parser")

    dependencies += [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ]
    products.append(.executable(name: "qfex-server", targets: ["qfex-server"]))
    targets += [
        library("ExchangeAuth", [crypto, jwt]),
        library("LocalCertificates", [x509, asn1, crypto]),
        library("ScenarioFiles", ["ExchangeTypes", "SandboxMarket", yams]),
        library("WebSocketTransport", [nio, nioPosix, nioHTTP1, nioWebSocket, nioSSL, logging]),
        library(
            "TradeGateway",
            [
                "ExchangeTypes", "QFEXWire", "ExchangeAuth", "ExchangeSequencer",
                "WebSocketTransport", nio, nioHTTP1, logging,
            ]),
        library(
            "MarketDataGateway",
            [
                "ExchangeTypes", "QFEXWire", "MarketDataViews", "ExchangeSequencer",
                "WebSocketTransport", nio, nioHTTP1,
            ]),
        library(
            "ExchangeServer",
            [
                "ExchangeTypes", "ExchangeEngine", "ExchangeJournal", "ExchangeSequencer",
                "ExchangeAuth", "LocalCertificates", "WebSocketTransport", "MarketCalendar",
                "SandboxMarket", "ScenarioFiles", "MarketDataViews",
                "QFEXWire", "TradeGateway", "MarketDataGateway", nio, nioPosix, nioSSL, logging,
                lifecycle, configuration,
            ]),
        .executableTarget(
            name: "qfex-server",
            dependencies: [
                "ExchangeTypes", "ExchangeEngine", "ExchangeJournal", "ExchangeSequencer",
                "ExchangeAuth", "ExchangeServer", arguments, logging, lifecycle, unixSignals,
                configuration,
            ],
            swiftSettings: settings),

        // Support for the tests that start the real server.
        .target(
            name: "ServerTestKit",
            dependencies: ["ExchangeAuth", nio, nioPosix, nioHTTP1, nioWebSocket, nioSSL],
            path: "Tests/ServerTestKit", swiftSettings: settings),
        tests(
            "WebSocketTransportTests",
            [
                "WebSocketTransport", nio, nioPosix, nioEmbedded, nioHTTP1, nioWebSocket, logging,
            ]),
        tests(
            "MarketDataGatewayTests",
            [
                "ExchangeTypes", "ExchangeEngine", "ExchangeJournal", "ExchangeSequencer",
                "QFEXWire", "MarketDataViews", "WebSocketTransport", "MarketDataGateway", nio,
                nioEmbedded, nioHTTP1, nioWebSocket,
            ]),
        tests(
            "TradeGatewayTests",
            [
                "ExchangeTypes", "ExchangeEngine", "ExchangeJournal", "ExchangeSequencer",
                "ExchangeAuth", "QFEXWire", "WebSocketTransport", "TradeGateway", "ServerTestKit",
                nio, nioEmbedded,
            ]),
        tests("ExchangeAuthTests", ["ExchangeTypes", "ExchangeAuth", crypto, jwt]),
        tests(
            "ExchangeServerTests",
            [
                "ExchangeTypes", "ExchangeEngine", "ExchangeJournal", "ExchangeSequencer",
                "QFEXWire", "ExchangeAuth", "TradeGateway", "MarketCalendar", "SandboxMarket",
                "ExchangeServer", configuration, logging,
            ]),
        tests(
            "ScenarioFilesTests",
            [
                "ExchangeTypes", "ExchangeEngine", "ExchangeJournal", "ExchangeSequencer",
                "SandboxMarket", "ScenarioFiles",
            ]),
        tests("RecoveryTests", ["ServerTestKit"]),
        tests("ClientCompatibilityTests", ["ServerTestKit"]),
        tests("HostileInputTests", ["ServerTestKit", nioWebSocket]),
        tests(
            "MarketDataConformanceTests",
            [
                "ExchangeTypes", "ExchangeEngine", "ExchangeJournal", "ExchangeSequencer",
                "ExchangeAuth", "ExchangeServer", "ServerTestKit", nioWebSocket,
            ]),
        tests("LocalCertificatesTests", ["LocalCertificates", x509, asn1, crypto]),
        tests(
            "TradeConformanceTests", ["ServerTestKit", "ExchangeAuth", crypto, nioWebSocket]),
    ]
}

let package = Package(
    name: "qfex-exchange",
    platforms: [.macOS(.v15)],
    products: products,
    dependencies: dependencies,
    targets: targets,
    swiftLanguageModes: [.v6]
)
