/// A place between two entries of a list. Stays valid while entries are added.
public struct PageCursor: Sendable, Hashable {
    let key: [UInt8]

    init(key: [UInt8]) { self.key = key }

    /// Reads what `text` gave; nil when it is nothing of that form.
    public init?(text: String) {
        let digits = Array(text.utf8)
        guard !digits.isEmpty, digits.count.isMultiple(of: 2), digits.count <= Self.digitsMax else {
            return nil
        }
        var key: [UInt8] = []
        key.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(of: digits[index]),
                let low = Self.value(of: digits[index + 1])
            else { return nil }
            key.append(high << 4 | low)
        }
        self.key = key
    }

    /// The cursor as hexadecimal digits, for command lines and URLs.
    public var text: String {
        let digits = Array("0123456789abcdef".utf8)
        let text = key.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    private static let digitsMax = 2 * 511

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x57
        case 0x41...0x46: digit - 0x37
        default: nil
        }
    }
}
