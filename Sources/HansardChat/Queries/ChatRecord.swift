public import Hansard
public import HansardRecords

/// A record of the chat domain as it was read: its fields, and its place in the log.
public struct ChatRecord: Sendable {
    /// Position of the event that created it.
    public let position: Position
    public let fields: Record
    /// Set when it is a message that was redacted: only then is the field `redacted` the store's.
    /// One that was not redacted may have a field of that name like any other.
    public let redaction: Redaction?

    public init(position: Position, fields: Record, redaction: Redaction? = nil) {
        self.position = position
        self.fields = fields
        self.redaction = redaction
    }
}

/// A session in a list, with what is counted about it.
public struct SessionSummary: Sendable {
    public let session: ChatRecord
    public let id: Identifier
    /// Nil while the unit that counts messages is stopped: the list of sessions does not depend on
    /// it. In the past, nil where counting would look at too much.
    public let messagesCount: Int?
}

/// A page of a list; `next` begins the next one.
public struct Page<Item: Sendable>: Sendable {
    public let items: [Item]
    /// Nil on the last page.
    public let next: PageCursor?
    /// Read in the other direction, what comes before this page; nil on the first and on an empty
    /// one.
    public let previous: PageCursor?

    func map<Other: Sendable>(_ body: (Item) throws -> Other?) rethrows -> Page<Other> {
        Page<Other>(items: try items.compactMap(body), next: next, previous: previous)
    }
}

extension Record {
    /// With the id of the thing it is about, in front unless it has one: stored records may leave
    /// out what the stream's name says.
    func withID(_ id: Identifier) -> Record {
        if !contains("id") { return Record.empty.setting("id", to: id).followed(by: self) }
        return isNull("id") ? setting("id", to: id) : self
    }

    /// With null for each of the named fields it does not have.
    func withNulls(for names: [String]) -> Record {
        let missing = names.filter { !contains($0) }
        if missing.isEmpty { return self }
        var nulls = Record.empty
        for name in missing { nulls = nulls.setting(name, to: .null) }
        return followed(by: nulls)
    }
}
