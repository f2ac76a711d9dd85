import HansardBindings

extension Record {
    /// The named field as a value, null included; nil when it is absent. Only this field is
    /// decoded; finding it takes time in proportion to what precedes it.
    public func field(_ name: String) -> Value? {
        guard let range = packedRange(of: name) else { return nil }
        var unpacker = Unpacker(offset: range.lowerBound)
        return try? Value(reading: &unpacker, in: bytes.span)
    }

    /// True if the field is there, be it null.
    public func contains(_ name: String) -> Bool { packedRange(of: name) != nil }

    /// True if the field is there and null.
    public func isNull(_ name: String) -> Bool {
        packedRange(of: name).map { bytes[$0.lowerBound] == 0xc0 } ?? false
    }

    /// The text of the field; nil when it is absent, null or not text.
    public func string(_ name: String) -> String? {
        guard case .string(let text)? = field(name) else { return nil }
        return text
    }

    /// The integer in the field; nil when it is absent, no integer, or above `Int64.max`.
    public func integer(_ name: String) -> Int64? {
        guard case .int(let value)? = token(name) else { return nil }
        return value
    }

    /// The truth value in the field; nil when it is absent or anything else.
    public func bool(_ name: String) -> Bool? {
        guard case .bool(let value)? = token(name) else { return nil }
        return value
    }

    /// The identifier in the field; nil when it is absent or null.
    /// - Throws: `wrongType` when it is no text, `invalidIdentifier` for its length; both name the
    ///   field.
    public func identifier(_ name: String) throws(RecordError) -> Identifier? {
        guard let token = token(name), token != .nil else { return nil }
        do { return try Identifier(token, in: bytes.span) } catch { throw error.inField(name) }
    }

    /// The instant of the time in the field; nil when it is absent or null.
    /// - Throws: `wrongType` when it is no text, `invalidTime` when it is no time; both name the
    ///   field.
    public func instant(_ name: String) throws(RecordError) -> Instant? {
        guard let token = token(name), token != .nil else { return nil }
        do { return try Instant(token, in: bytes.span) } catch { throw error.inField(name) }
    }

    /// The record in the field; nil when it is absent or not an object. Copies its bytes.
    public func record(_ name: String) -> Record? {
        guard let range = packedRange(of: name), case .map? = token(at: range.lowerBound) else {
            return nil
        }
        return Record(trusted: Array(bytes[range]))
    }

    /// Lends the packed value of the field; nil when it is absent.
    public func withPackedField<R, E: Error>(
        _ name: String, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R? {
        guard let range = packedRange(of: name) else { return nil }
        return try body(bytes.span.extracting(range))
    }

    /// The names of the fields in order.
    public var fieldNames: [String] {
        let span = bytes.span
        var cursor = RecordCursor(span)
        var names: [String] = []
        while let field = cursor.next(in: span) {
            names.append(String(decoding: bytes[field.name], as: UTF8.self))
        }
        return names
    }

    /// The place of the packed value of the named field.
    func packedRange(of name: String) -> Range<Int>? {
        let span = bytes.span
        var cursor = RecordCursor(span)
        return cursor.find(name.utf8Span.span, in: span)
    }

    private func token(_ name: String) -> Unpacker.Token? {
        packedRange(of: name).flatMap { token(at: $0.lowerBound) }
    }

    private func token(at offset: Int) -> Unpacker.Token? {
        var unpacker = Unpacker(offset: offset)
        return try? unpacker.next(in: bytes.span)
    }
}

extension Record: Sequence {
    /// The fields in order, decoded one at a time.
    public struct Iterator: IteratorProtocol {
        private let bytes: [UInt8]
        private var cursor: RecordCursor

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            cursor = RecordCursor(bytes.span)
        }

        /// The next name and value; nil at the end, or where the bytes are damaged.
        public mutating func next() -> (name: String, value: Value)? {
            let bytes = bytes
            let span = bytes.span
            guard let field = cursor.next(in: span) else { return nil }
            var unpacker = Unpacker(offset: field.value.lowerBound)
            guard let value = try? Value(reading: &unpacker, in: span) else { return nil }
            return (String(decoding: bytes[field.name], as: UTF8.self), value)
        }
    }

    public func makeIterator() -> Iterator { Iterator(bytes) }
}
