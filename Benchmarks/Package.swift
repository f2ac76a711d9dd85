// swift-tools-version: 6.2
import PackageDescription

/// Measurements of Hansard: a package of its own, so that users of the library never fetch what
/// they depend on.
let package = Package(
    name: "hansard-benchmarks",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "hansard-bench", targets: ["HansardBench"])],
    dependencies: [
        .package(name: "hansard", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: [
        .executableTarget(
            name: "HansardBench",
            dependencies: [
                .product(name: "Hansard", package: "hansard"),
                .product(name: "HansardBindings", package: "hansard"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .strictMemorySafety(),
                .treatAllWarnings(as: .error),
            ])
    ]
)
