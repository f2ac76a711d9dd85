package import Logging

extension Logger {
    /// Logs a failure with its fields as metadata.
    package func log(
        level: Logger.Level, _ message: Logger.Message, _ error: HansardError
    ) {
        var metadata: Logger.Metadata = [
            "code": "\(error.code)", "class": "\(error.code.errorClass.rawValue)",
            "error": "\(error)",
        ]
        if let position = error.position { metadata["position"] = "\(position)" }
        if let path = error.path { metadata["path"] = "\(path)" }
        log(level: level, message, metadata: metadata)
    }
}
