import Foundation
import HansardBindings
import HansardRecords

/// A directory of its own, removed when the test lets go of it.
public final class TemporaryDirectory: Sendable {
    public let path: String

    public init() throws {
        let base = EnvironmentVariables.value("TMPDIR") ?? "/tmp"
        path = "\(base)/hansard-\(Identifier.random().text)"
        try FileSystem.createDirectory(path)
    }

    deinit { try? FileSystem.removeTree(path) }

    /// A path within it.
    public func path(_ name: String) -> String { "\(path)/\(name)" }
}

/// The environment of the process.
public enum EnvironmentVariables {
    public static func value(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name]
    }
}
