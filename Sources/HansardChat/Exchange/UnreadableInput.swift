import Hansard
package import HansardBindings

extension HansardError {
    /// The operating system's failure to open or read an input.
    package static func unreadableInput(_ error: SystemError) -> HansardError {
        let code: ErrorCode = error.isNotFound ? .notFound : ErrorCode(of: error)
        let mayBeMistyped = [.notFound, .noPermission].contains(code)
        return HansardError(
            code, "can't read \(error.path ?? "standard input")",
            advice: mayBeMistyped ? error.path.map { .checkFile(path: $0) } : nil,
            path: error.path, underlying: error)
    }
}
