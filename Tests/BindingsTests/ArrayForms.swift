import HansardBindings

// The testing macros take an expression apart, which a span does not allow: these take arrays.

extension Reading where Self: ~Copyable {
    func get(bytes key: [UInt8], from database: Database) throws -> [UInt8]? {
        try get(key.span, from: database)
    }
}

extension WriteTransaction {
    func delete(bytes key: [UInt8], from database: Database) throws -> Bool {
        try delete(key.span, from: database)
    }
}

extension Cursor {
    mutating func seek(to key: [UInt8]) throws -> Bool { try seek(atOrAfter: key.span) }
    func compare(_ key: [UInt8]) throws -> Int { try compareKey(to: key.span) }
}

extension WriteCursor {
    mutating func delete(bytes key: [UInt8]) throws -> Bool { try delete(key.span) }
}
