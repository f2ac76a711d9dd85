/// One JSON value as a tree, for tests and small edits; records themselves stay packed.
///
/// `==` compares texts by their bytes, doubles by their bits (so `-0.0` differs from `0.0`) and
/// objects in order. An integer and a double are never equal: `1` is not `1.0`.
public indirect enum Value: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// An integer above `Int64.max`; a smaller one is the same value as `.integer`.
    case unsigned(UInt64)
    case double(Double)
    case string(String)
    case array([Value])
    /// Names and values in order.
    case object([(String, Value)])
}

extension Value: Equatable {
    public static func == (a: Value, b: Value) -> Bool { compare(a, b, ordered: true) }

    /// True if two values are equal when the order of names in objects is set aside, at every
    /// level.
    public func isEquivalent(to other: Value) -> Bool { Self.compare(self, other, ordered: false) }

    private static func compare(_ a: Value, _ b: Value, ordered: Bool) -> Bool {
        switch (a, b) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.integer(let a), .integer(let b)): return a == b
        case (.unsigned(let a), .unsigned(let b)): return a == b
        case (.integer(let a), .unsigned(let b)): return UInt64(exactly: a) == b
        case (.unsigned(let a), .integer(let b)): return a == UInt64(exactly: b)
        case (.double(let a), .double(let b)): return a.bitPattern == b.bitPattern
        case (.string(let a), .string(let b)): return TextBytes.equal(a, b)
        case (.array(let a), .array(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { compare($0, $1, ordered: ordered) }
        case (.object(let a), .object(let b)):
            return a.count == b.count && (ordered ? sameInOrder(a, b) : sameUnordered(a, b))
        default: return false
        }
    }

    private static func sameInOrder(_ a: [(String, Value)], _ b: [(String, Value)]) -> Bool {
        zip(a, b).allSatisfy {
            TextBytes.equal($0.0, $1.0) && compare($0.1, $1.1, ordered: true)
        }
    }

    private static func sameUnordered(_ a: [(String, Value)], _ b: [(String, Value)]) -> Bool {
        var byName: [TextKey: Value] = [:]
        for (name, value) in b { byName[TextKey(name)] = value }
        guard byName.count == b.count else { return false }
        return a.allSatisfy { name, value in
            byName.removeValue(forKey: TextKey(name)).map {
                compare(value, $0, ordered: false)
            } ?? false
        }
    }
}

extension Value: CustomStringConvertible {
    /// The value as compact JSON.
    public var description: String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return "\(value)"
        case .unsigned(let value): return "\(value)"
        case .double(let value): return "\(value)"
        case .string(let text): return JSONWriter.quoted(text)
        case .array(let items): return "[" + items.map(\.description).joined(separator: ",") + "]"
        case .object(let fields):
            let inner = fields.map { JSONWriter.quoted($0.0) + ":" + $0.1.description }
            return "{" + inner.joined(separator: ",") + "}"
        }
    }
}

extension Value: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) { self = .object(elements) }
}
