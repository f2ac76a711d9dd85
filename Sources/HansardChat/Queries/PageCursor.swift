import Hansard
import HansardBindings

/// A place between two entries of a list. Stays valid while entries are added.
///
/// Its text names the list and carries a checksum, so that an id or a cursor of another list is
/// never taken for one.
public struct PageCursor: Sendable, Hashable {
    /// The kind of list that a cursor is a place in.
    enum List: UInt8 {
        case sessions = 1
        case messagesOfSession = 2
        case messagesOfAgent = 3
        case tasks = 4
    }

    let list: List
    let key: [UInt8]

    init(list: List, key: [UInt8]) {
        self.list = list
        self.key = key
    }

    /// Reads what `text` gave; nil when it is nothing of that form.
    public init?(text: String) {
        guard text.utf8.count <= Self.charactersMax, text.hasPrefix(Self.mark) else { return nil }
        let digits = Array(text.utf8.dropFirst(Self.mark.utf8.count))
        guard digits.count.isMultiple(of: 2), digits.count >= 2 * (1 + Self.checkBytes) else {
            return nil
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(of: digits[index]),
                let low = Self.value(of: digits[index + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        let body = Array(bytes.dropLast(Self.checkBytes))
        guard Array(bytes.suffix(Self.checkBytes)) == Self.check(body),
            let list = List(rawValue: body[0])
        else { return nil }
        self.init(list: list, key: Array(body.dropFirst()))
    }

    /// The cursor as text for command lines and URLs.
    public var text: String {
        let body = [list.rawValue] + key
        let digits = Array("0123456789abcdef".utf8)
        let text = (body + Self.check(body)).flatMap {
            [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
        }
        return Self.mark + String(decoding: text, as: UTF8.self)
    }

    private static let mark = "cursor-"
    private static let checkBytes = 4
    private static let charactersMax = 1_100

    private static func check(_ body: [UInt8]) -> [UInt8] {
        var sum: [UInt8] = []
        Bytes.appendBigEndian(XXH64.hash(body.span, seed: 0), to: &sum)
        return Array(sum.prefix(checkBytes))
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
