import HansardBindings
import HansardRecords

extension EventPayload {
    /// Reads a payload back.
    ///
    /// - Throws: `HansardError` (`corruptEvent`) when it is not what `pack` writes.
    package static func unpack(
        _ payload: Span<UInt8>, position: UInt64
    ) throws(HansardError) -> Event {
        do {
            var reader = PayloadReader(position: position)
            return try reader.event(in: payload)
        } catch let error as HansardError {
            throw error
        } catch {
            // The advice on a record is for its writer, and this one is in the log.
            let fault = (error as? RecordError)?.placed ?? "\(error)"
            throw EventHeader.corrupt(position, "has a payload that can't be read: \(fault)")
        }
    }
}

/// Walks the fields of one payload.
private struct PayloadReader {
    var unpacker = Unpacker()
    let position: UInt64

    init(position: UInt64) { self.position = position }

    mutating func event(in span: Span<UInt8>) throws -> Event {
        guard case .array(EventPayload.fieldsCount) = try unpacker.next(in: span) else {
            throw EventHeader.corrupt(position, "has a payload of another shape")
        }
        let type = EventType(try text(in: span, intern: EventTypeNames.intern))
        let schemaVersion = try number(in: span)
        let lifecycleCode = UInt8(exactly: try number(in: span))
        guard let lifecycle = lifecycleCode.flatMap(Lifecycle.init(rawValue:))
        else { throw EventHeader.corrupt(position, "has an unknown lifecycle") }
        let actor = try optionalText(in: span)
        let onBehalfOf = try optionalText(in: span)
        let correlation = try optionalIdentifier(in: span)
        let causation = try optionalIdentifier(in: span)
        let metadata = try record(in: span)
        let filled = try list(in: span) { reader, span in try reader.text(in: span) }
        let claims = try list(in: span) { reader, span in try reader.identifier(in: span) }
        let category = try text(in: span, intern: EventTypeNames.intern)
        let streamID = try identifier(in: span)
        let id = try identifier(in: span)
        let data = try record(in: span)
        guard unpacker.offset == span.count else {
            throw EventHeader.corrupt(position, "has bytes after its payload")
        }
        return Event(
            id: id, type: type, stream: StreamName(knownCategory: category, id: streamID),
            schemaVersion: schemaVersion, lifecycle: lifecycle, actor: actor,
            onBehalfOf: onBehalfOf, correlationID: correlation, causationID: causation,
            claims: claims, data: data, metadata: metadata, filledFields: filled)
    }

    private mutating func number(in span: Span<UInt8>) throws -> Int {
        guard case .int(let number) = try unpacker.next(in: span) else {
            throw EventHeader.corrupt(position, "has text where a number belongs")
        }
        return Int(number)
    }

    private mutating func text(
        in span: Span<UInt8>, intern: (Span<UInt8>) -> String? = { _ in nil }
    ) throws -> String {
        guard case .string(let range) = try unpacker.next(in: span) else {
            throw EventHeader.corrupt(position, "has a field that is not text")
        }
        let utf8 = span.extracting(range)
        return intern(utf8) ?? String(decoding: Bytes.array(utf8), as: UTF8.self)
    }

    private mutating func optionalText(in span: Span<UInt8>) throws -> String? {
        if isNil(in: span) { return nil }
        return try text(in: span)
    }

    private mutating func identifier(in span: Span<UInt8>) throws -> Identifier {
        try Identifier(unpacker.next(in: span), in: span)
    }

    private mutating func optionalIdentifier(
        in span: Span<UInt8>
    ) throws -> Identifier? {
        if isNil(in: span) { return nil }
        return try identifier(in: span)
    }

    private mutating func list<Element>(
        in span: Span<UInt8>,
        _ element: (inout PayloadReader, Span<UInt8>) throws -> Element
    ) throws -> [Element] {
        if isNil(in: span) { return [] }
        guard case .array(let count) = try unpacker.next(in: span) else {
            throw EventHeader.corrupt(position, "has a field that is not a list")
        }
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try element(&self, span)) }
        return elements
    }

    private mutating func record(in span: Span<UInt8>) throws -> Record {
        if isNil(in: span) { return .empty }
        let start = unpacker.offset
        var ahead = unpacker
        guard case .map = try ahead.next(in: span) else {
            throw EventHeader.corrupt(position, "has a field that is not a record")
        }
        try unpacker.skipValue(in: span)
        return Record(trusted: Bytes.array(span.extracting(start..<unpacker.offset)))
    }

    /// Steps over a nil, if the next byte is one.
    private mutating func isNil(in span: Span<UInt8>) -> Bool {
        guard unpacker.offset < span.count, span[unpacker.offset] == 0xC0 else { return false }
        unpacker.offset += 1
        return true
    }
}

/// Names that occur in nearly every event, so that reading one allocates nothing for them.
private enum EventTypeNames {
    static let common = [
        "message.created", "session.created", "agent.registered", "session", "agent",
    ]
    static let bytes = common.map { Array($0.utf8) }

    static func intern(_ utf8: Span<UInt8>) -> String? {
        for (name, bytes) in zip(common, bytes) where Bytes.equal(bytes.span, utf8) {
            return name
        }
        return nil
    }
}
