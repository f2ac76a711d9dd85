public import HansardRecords

/// The name of a stream: the ordered events about one thing, such as `session/31e98348-…`.
///
/// The part before the first slash is the category; the id after it may hold slashes itself.
public struct StreamName: Hashable, Sendable, CustomStringConvertible {
    /// The kind of thing it is about: 1 to 32 bytes, no slash.
    public let category: String
    public let id: Identifier

    /// Names the stream of the thing `id`.
    ///
    /// - Throws: `HansardError` (`invalidArgument`) when the category is empty, longer than 32
    ///   bytes or holds a slash.
    public init(category: String, id: Identifier) throws(HansardError) {
        guard (1...32).contains(category.utf8.count), !category.utf8.contains(UInt8(ascii: "/"))
        else {
            throw HansardError(
                .invalidArgument, "a stream's category has 1 to 32 bytes and no slash")
        }
        self.init(knownCategory: category, id: id)
    }

    /// For categories that are literals of the program or were checked before.
    public init(knownCategory: StaticString, id: Identifier) {
        self.init(knownCategory: knownCategory.description, id: id)
    }

    init(knownCategory: String, id: Identifier) {
        self.category = knownCategory
        self.id = id
    }

    /// Reads `category/id`.
    ///
    /// - Throws: `HansardError` (`invalidArgument`) when there is no slash or a part is out of
    ///   bounds.
    public init(text: String) throws(HansardError) {
        guard let slash = text.firstIndex(of: "/") else {
            throw HansardError(
                .invalidArgument,
                "'\(text)' is not a stream name: it should be category/id")
        }
        let id: Identifier
        do {
            id = try Identifier(String(text[text.index(after: slash)...]))
        } catch {
            throw HansardError(error, what: "'\(text)' is not a stream name: \(error.placed)")
        }
        try self.init(category: String(text[..<slash]), id: id)
    }

    public var text: String { "\(category)/\(id.text)" }
    public var description: String { text }
}
