import HansardBindings
import HansardRecords

/// An event ready for the writer: packed and compressed, all that needs no knowledge of the head.
struct EncodedEvent: Sendable {
    /// In the shape this program knows. The frame holds what was given.
    let event: Event
    let hashes: EventHashes
    let frame: [UInt8]
    let rawLength: Int
    let dictionary: UInt16
    /// SHA-256 of the payload before compression; nil when no tree is kept.
    let payloadHash: MerkleHash?
}

/// The contexts one thread needs to encode and decode events. Not for two threads at once.
package final class EventCodec {
    private var compressor: Compressor
    private var decompressor: Decompressor
    private var packer = Packer(capacityBytes: 4096)
    private let dictionaries: DictionarySet
    private let hasher: IDHasher
    private let eventBytesMax: Int
    private let upcasters: UpcasterTable
    private let keepsTree: Bool

    package init(
        dictionaries: DictionarySet, hasher: IDHasher, upcasters: UpcasterTable = .none,
        settings: StoreSettings
    ) throws {
        self.upcasters = upcasters
        self.hasher = hasher
        compressor = try Compressor(level: settings.compressionLevel)
        decompressor = try Decompressor()
        self.dictionaries = dictionaries
        eventBytesMax = settings.eventBytesMax
        keepsTree = settings.keepsTree
    }

    /// Packs and compresses an event after checking its bounds.
    ///
    /// - Throws: `HansardError`: `invalidArgument` naming the bound that is broken; `newerEvent` or
    ///   `upcastFailed` when the event would be read back as something else than it is folded as.
    func encode(_ event: Event) throws -> EncodedEvent {
        try Self.check(event)
        let current = try upcasters.current(event, at: nil)
        packer.removeAll()
        EventPayload.pack(event, into: &packer)
        let rawLength = packer.count
        guard rawLength <= eventBytesMax else {
            throw HansardError(
                .tooLarge,
                "the event takes \(rawLength) bytes, more than the limit of \(eventBytesMax)",
                advice: .split(orRaise: "eventBytesMax"), stream: event.stream)
        }
        let id = dictionaries.newest
        let dictionary = try dictionaries.dictionary(id)?.compression
        var payloadHash: MerkleHash?
        let frame = try packer.withBytes { payload in
            if keepsTree { payloadHash = .sha256(payload) }
            return try compressor.compress(payload, dictionary: dictionary)
        }
        return EncodedEvent(
            event: current, hashes: EventHashes(event, hasher), frame: frame, rawLength: rawLength,
            dictionary: id, payloadHash: payloadHash)
    }

    /// Checks what holds for every event.
    package static func check(_ event: Event) throws(HansardError) {
        let typeBytes = event.type.rawValue.utf8.count
        guard (1...EventType.bytesMax).contains(typeBytes) else {
            throw HansardError(
                .invalidArgument, "an event type has 1 to \(EventType.bytesMax) bytes",
                stream: event.stream)
        }
        guard (1...Int(UInt16.max)).contains(event.schemaVersion) else {
            throw HansardError(
                .invalidArgument, "a schema version is 1 to 65535", stream: event.stream)
        }
        guard event.claims.count <= 1024 else {
            throw HansardError(
                .invalidArgument, "an event claims at most 1024 ids", stream: event.stream)
        }
    }

    /// The payload of a stored event, checked and decompressed.
    package func payload(
        _ stored: Span<UInt8>, position: UInt64
    ) throws -> (header: EventHeader, payload: [UInt8]) {
        let (header, frame) = try EventHeader.decode(stored, position: position)
        guard header.encryptionKey == nil else {
            throw EventHeader.corrupt(position, "is encrypted, which this version can't read")
        }
        guard header.rawLength <= Layout.eventBytesHardMax else {
            throw EventHeader.corrupt(position, "claims \(header.rawLength) bytes")
        }
        let dictionary = try dictionaries.dictionary(header.dictionary)?.decompression
        do {
            let payload = try decompressor.decompress(
                stored.extracting(frame), dictionary: dictionary, exactly: header.rawLength)
            return (header, payload)
        } catch {
            throw EventHeader.corrupt(position, "can't be decompressed: \(error)")
        }
    }

    /// Reads a stored event back.
    func decode(
        _ stored: Span<UInt8>, position: UInt64, as form: EventForm = .current
    ) throws -> RecordedEvent {
        let (header, payload) = try payload(stored, position: position)
        return try decode(header, payload.span, position: position, as: form)
    }

    /// Reads an event whose payload is decompressed.
    package func decode(
        _ header: EventHeader, _ payload: Span<UInt8>, position: UInt64, as form: EventForm
    ) throws -> RecordedEvent {
        var event = try EventPayload.unpack(payload, position: position)
        var fault: EventFault?
        if form != .stored {
            do { event = try upcasters.current(event, at: Position(position)) } catch {
                guard form == .forFolding else { throw error }
                fault = EventFault(error, types: upcasters.types(readFrom: event.type))
            }
        }
        return RecordedEvent(
            position: Position(position), revision: Revision(header.revision),
            recordedMicroseconds: header.recordedAt,
            clockMicroseconds: header.clockAt,
            entity: header.entity.map { Position($0) },
            previous: header.previous.map { Position($0) }, event: event, fault: fault)
    }
}
