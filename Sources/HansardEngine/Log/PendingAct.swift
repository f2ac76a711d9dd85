package import HansardBindings
import HansardRecords

/// An operator's act that is to be recorded: an event without a place in the log yet.
///
/// It is in the log's `meta` from the transaction that does the act, or just before a change of
/// files that does it, until the transaction that appends the event. So a crash in between loses
/// neither the act nor its record.
package struct PendingAct {
    /// The condition that must hold before it may be recorded.
    package enum Condition: Equatable {
        case none
        /// The directory of this generation of the index is gone.
        case isGone(generation: UInt64)
        /// This public key is the one that signs.
        case signs(key: String)
    }

    let condition: Condition
    let event: Event

    private static let prefix = Array(Layout.metaActPrefix.utf8)

    /// The rows of acts and what they hold; one that can't be read is nil.
    static func all(
        in meta: Database, _ transaction: borrowing some Reading & ~Copyable
    ) throws -> [(key: [UInt8], act: PendingAct?)] {
        var rows: [(key: [UInt8], act: PendingAct?)] = []
        let prefix = prefix
        try transaction.withCursor(meta) { cursor in
            var isFound = try cursor.seek(atOrAfter: prefix.span)
            while isFound {
                var (key, value): ([UInt8], [UInt8]) = ([], [])
                try cursor.appendKey(to: &key)
                guard key.starts(with: prefix) else { return }
                try cursor.appendValue(to: &value)
                rows.append((key, PendingAct(value.span)))
                isFound = try cursor.next()
            }
        }
        return rows
    }

    /// Adds it after those that wait, in place of one with the same condition.
    package func put(to meta: Database, in transaction: borrowing WriteTransaction) throws {
        let rows = try Self.all(in: meta, transaction)
        if condition != .none, let same = rows.first(where: { $0.act?.condition == condition }) {
            return try transaction.put(encoded.span, for: same.key.span, in: meta)
        }
        let last = rows.last.flatMap {
            FixedInteger.read(Array($0.key.dropFirst(Self.prefix.count)))
        }
        let key = Self.prefix + FixedInteger.bytes((last ?? 0) + 1)
        try transaction.put(encoded.span, for: key.span, in: meta)
    }

    package init(_ event: Event, when condition: Condition = .none) {
        self.condition = condition
        self.event = event
    }

    /// Nil for bytes that are no act.
    private init?(_ bytes: Span<UInt8>) {
        var offset = 0
        guard let kind = Varint.read(bytes, at: &offset) else { return nil }
        switch kind {
        case 0: condition = .none
        case 1:
            guard let generation = Varint.read(bytes, at: &offset) else { return nil }
            condition = .isGone(generation: generation)
        case 2:
            guard let length = Varint.read(bytes, at: &offset).flatMap(Int.init(exactly:)),
                length <= bytes.count - offset
            else { return nil }
            let text = Bytes.array(bytes.extracting(offset..<offset + length))
            condition = .signs(key: String(decoding: text, as: UTF8.self))
            offset += length
        default: return nil
        }
        let payload = bytes.extracting(offset..<bytes.count)
        guard let event = try? EventPayload.unpack(payload, position: 0) else { return nil }
        self.event = event
    }

    private var encoded: [UInt8] {
        var bytes: [UInt8] = []
        switch condition {
        case .none: Varint.append(0, to: &bytes)
        case .isGone(let generation):
            Varint.append(1, to: &bytes)
            Varint.append(generation, to: &bytes)
        case .signs(let key):
            Varint.append(2, to: &bytes)
            Varint.append(UInt64(key.utf8.count), to: &bytes)
            bytes.append(contentsOf: key.utf8)
        }
        var packer = Packer(capacityBytes: 512)
        EventPayload.pack(event, into: &packer)
        packer.appendTo(&bytes)
        return bytes
    }
}
