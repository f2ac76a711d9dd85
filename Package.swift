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
        .executable(name: "hansard-bench", targets: ["HansardBench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "3.12.3"),
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
            dependencies: ["CInitialDictionary", "CLinux", "CLMDB", "CMessagePack", "CZstd"],
            swiftSettings: settings),
        .target(name: "HansardRecords", dependencies: ["HansardBindings"], swiftSettings: settings),
        .target(
            name: "HansardEngine",
            dependencies: [
                "HansardBindings", "HansardRecords",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .target(
            name: "HansardOperations",
            dependencies: [
                "HansardBindings", "HansardEngine", "HansardRecords",
                .product(name: "Crypto", package: "swift-crypto"),
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
        .executableTarget(
            name: "HansardBench",
            dependencies: [
                "HansardBindings", "Hansard", "HansardChat", "HansardProjections", "HansardRecords",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        .testTarget(name: "BindingsTests", dependencies: ["HansardBindings"], swiftSettings: settings),
        .testTarget(
            name: "HansardTests",
            dependencies: ["HansardBindings", "HansardRecords", "Hansard", "HansardEngine", "HansardOperations", "HansardTesting"],
            swiftSettings: settings),
        .testTarget(name: "RecordsTests", dependencies: ["HansardRecords"], swiftSettings: settings),
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
