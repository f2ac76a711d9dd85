// swift-tools-version: 6.2
import PackageDescription

/// One set of settings for every target: the language as strict as it goes, and no warning let by.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "hansard",
    platforms: [.macOS(.v15)],
    products: [
        .library(
            name: "Hansard",
            targets: ["Hansard", "HansardChat", "HansardProjections"]),
        // For authors of projections: scenarios, a model of the store, seeded generators.
        .library(name: "HansardTesting", targets: ["HansardTesting"]),
        .executable(name: "hansard", targets: ["HansardCLI"]),
        // For Benchmarks, which is a package of its own.
        .library(name: "HansardBindings", targets: ["HansardBindings"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        // A range, so that an application may bring its own.
        .package(url: "https://github.com/apple/swift-crypto", "3.0.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.7.0"),
    ],
    targets: [
        // C libraries: a module map and a shim header each, nothing else.
        .systemLibrary(name: "CLinux"),
        .systemLibrary(
            name: "CLMDB", pkgConfig: "lmdb",
            providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
        .systemLibrary(
            name: "CMessagePack", pkgConfig: "msgpack",
            providers: [.apt(["libmsgpack-dev"]), .brew(["msgpack"])]),
        .systemLibrary(
            name: "CZstd", pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),

        // The dictionary new logs begin with, embedded by the C compiler.
        .target(name: "CInitialDictionary", exclude: ["initial.zdict"]),

        // The layers, in the order they depend on each other.
        .target(
            name: "HansardBindings",
            dependencies: [
                "CInitialDictionary", "CLinux", "CLMDB", "CMessagePack", "CZstd",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings),
        .target(name: "HansardRecords", dependencies: ["HansardBindings"], swiftSettings: settings),
        .target(
            name: "HansardEngine",
            dependencies: [
                "HansardBindings", "HansardRecords",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ],
            swiftSettings: settings),
        .target(
            name: "HansardOperations",
            dependencies: [
                "HansardBindings", "HansardEngine", "HansardRecords",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        // The one import of an embedder: engine, operations and records, and the doors that sign.
        .target(
            name: "Hansard", dependencies: ["HansardEngine", "HansardOperations", "HansardRecords"],
            swiftSettings: settings),
        .target(
            name: "HansardProjections", dependencies: ["HansardBindings", "Hansard", "HansardRecords"],
            path: "Projections",
            exclude: ["README.md", "Examples"], swiftSettings: settings),
        .target(
            name: "ExampleProjections", dependencies: ["Hansard", "HansardRecords"],
            path: "Projections/Examples", swiftSettings: settings),
        .target(
            name: "HansardChat",
            dependencies: ["HansardBindings", "Hansard", "HansardRecords", "HansardProjections"],
            swiftSettings: settings),
        .executableTarget(
            name: "HansardCLI",
            dependencies: [
                "HansardBindings", "HansardRecords", "Hansard", "HansardChat", "HansardProjections",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .target(
            name: "HansardTesting",
            dependencies: [
                "HansardBindings", "Hansard", "HansardChat", "HansardProjections", "HansardRecords",
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "HansardCrashWorker",
            dependencies: [
                "HansardBindings", "Hansard", "HansardChat", "HansardTesting", "HansardProjections",
                "HansardRecords",
            ],
            swiftSettings: settings),

        .testTarget(
            name: "BindingsTests", dependencies: ["CMessagePack", "HansardBindings", "HansardTesting"],
            swiftSettings: settings),
        .testTarget(
            name: "HansardTests",
            dependencies: ["HansardBindings", "HansardRecords", "Hansard", "HansardEngine", "HansardOperations", "HansardTesting"],
            swiftSettings: settings),
        .testTarget(
            name: "RecordsTests", dependencies: ["HansardRecords", "HansardTesting"],
            swiftSettings: settings),
        .testTarget(
            name: "ChatTests",
            dependencies: [
                "HansardBindings", "ExampleProjections", "HansardRecords", "Hansard", "HansardEngine", "HansardOperations", "HansardChat",
                "HansardTesting",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CLITests",
            dependencies: [
                "HansardBindings", "HansardRecords", "Hansard", "HansardEngine", "HansardOperations", "HansardChat", "HansardCLI", "HansardTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PropertyTests",
            dependencies: [
                "HansardBindings", "Hansard", "HansardEngine", "HansardOperations", "HansardChat", "HansardCrashWorker", "HansardTesting",
                "HansardProjections", "HansardRecords",
            ],
            swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)
