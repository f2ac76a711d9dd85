import Bindings

/// Writes records as JSON text (RFC 8259) in UTF-8.
public struct JSONWriter: Sendable {
    static func quoted(_ text: String) -> String { "" }
}
