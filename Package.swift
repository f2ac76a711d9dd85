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
        .library(name: "Hansard", targets: ["Hansard", "Projections", "HansardChat"]),
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
            name: "Bindings",
            dependencies: ["CInitialDictionary", "CLinux", "CLMDB", "CMessagePack", "CZstd"],
            swiftSettings: settings),
        .target(name: "Records", dependencies: ["Bindings"], swiftSettings: settings),
        .target(
            name: "Hansard",
            dependencies: [
                "Bindings", "Records", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .target(
            name: "Projections", dependencies: ["Bindings", "Hansard", "Records"],
            path: "Projections",
            exclude: ["README.md", "Examples"], swiftSettings: settings),
        .target(
            name: "ExampleProjections", dependencies: ["Hansard", "Records"],
            path: "Projections/Examples", swiftSettings: settings),
        .target(
            name: "HansardChat", dependencies: ["Bindings", "Hansard", "Records", "Projections"],
            swiftSettings: settings),
        .executableTarget(
            name: "HansardCLI",
            dependencies: [
                "Bindings", "Records", "Hansard", "HansardChat", "Projections",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .target(
            name: "HansardTesting",
            dependencies: ["Bindings", "Hansard", "HansardChat", "Projections", "Records"],
            swiftSettings: settings),
        .executableTarget(
            name: "HansardCrashWorker",
            dependencies: [
                "Bindings", "Hansard", "HansardChat", "HansardTesting", "Projections", "Records",
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "HansardBench",
            dependencies: [
                "Bindings", "Hansard", "HansardChat", "Projections", "Records",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        .testTarget(name: "BindingsTests", dependencies: ["Bindings"], swiftSettings: settings),
        .testTarget(
            name: "HansardTests",
            dependencies: ["Bindings", "Records", "Hansard", "HansardTesting"],
            swiftSettings: settings),
        .testTarget(name: "RecordsTests", dependencies: ["Records"], swiftSettings: settings),
        .testTarget(
            name: "ChatTests",
            dependencies: [
                "Bindings", "ExampleProjections", "Records", "Hansard", "HansardChat",
                "HansardTesting",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CLITests",
            dependencies: [
                "Bindings", "Records", "Hansard", "HansardChat", "HansardCLI", "HansardTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PropertyTests",
            dependencies: [
                "Bindings", "Hansard", "HansardChat", "HansardCrashWorker", "HansardTesting",
                "Projections", "Records",
            ],
            swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)
