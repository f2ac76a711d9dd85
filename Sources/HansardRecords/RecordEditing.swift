import HansardBindings

extension Record {
    /// This record with the fields of another laid over it, at the top level only: a field both
    /// have takes the other's value where it stands, new ones follow at the end in the other's
    /// order.
    public func merging(_ other: Record) -> Record {
        let mine = bytes.span
        let theirs = other.bytes.span
        var packer = Packer(capacityBytes: mine.count + theirs.count)
        let myFields = RecordIndex(mine)
        let theirFields = RecordIndex(theirs)
        var added: [Range<Int>] = []
        var cursor = RecordCursor(theirs)
        while let field = cursor.next(in: theirs) {
            if myFields.find(theirs.extracting(field.name), in: mine) == nil {
                added.append(field.whole)
            }
        }
        packer.packMapHeader(count: count + added.count)
        cursor = RecordCursor(mine)
        while let field = cursor.next(in: mine) {
            if let value = theirFields.find(mine.extracting(field.name), in: theirs) {
                packer.packString(mine.extracting(field.name))
                packer.appendRaw(theirs.extracting(value))
            } else {
                packer.appendRaw(mine.extracting(field.whole))
            }
        }
        for range in added { packer.appendRaw(theirs.extracting(range)) }
        return Record(trusting: packer)
    }

    /// This record followed by the fields of another that shares no name with it: two copies, no
    /// search. That none is shared is the caller's to know; a name twice makes a damaged record.
    public func followed(by other: Record) -> Record {
        var packer = Packer(capacityBytes: bytes.count + other.bytes.count)
        packer.packMapHeader(count: count + other.count)
        packer.appendRaw(bytes.span.extracting(fieldsStart..<bytes.count))
        packer.appendRaw(other.bytes.span.extracting(other.fieldsStart..<other.bytes.count))
        return Record(trusting: packer)
    }

    /// The place where the fields begin: after the map's header.
    private var fieldsStart: Int {
        switch bytes.first {
        case 0xDE: Swift.min(3, bytes.count)
        case 0xDF: Swift.min(5, bytes.count)
        default: Swift.min(1, bytes.count)
        }
    }

    /// This record with one field set: in its place if it is there, else at the end.
    ///
    /// A value that `Value.check(atLevel: 2)` refuses is misuse and traps; check first what came
    /// from outside.
    public func setting(_ name: String, to value: Value) -> Record {
        precondition((try? value.check(atLevel: 2)) != nil, "a value that no record can hold")
        var packer = Packer(capacityBytes: 128)
        packer.packMapHeader(count: 1)
        packer.packString(name)
        value.pack(into: &packer)
        return merging(Record(trusting: packer))
    }

    /// This record with one field set to an identifier.
    public func setting(_ name: String, to identifier: Identifier) -> Record {
        var packer = Packer(capacityBytes: 128)
        packer.packMapHeader(count: 1)
        packer.packString(name)
        identifier.pack(into: &packer)
        return merging(Record(trusting: packer))
    }

    /// The named fields of this record, in its order; those it does not have are passed over.
    public func selecting(_ names: [String]) -> Record {
        let unwanted = fieldNames.filter { !names.contains($0) }
        return unwanted.isEmpty ? self : removing(unwanted)
    }

    /// This record without the named fields; those it does not have are passed over.
    public func removing(_ names: String...) -> Record { removing(names) }

    /// This record without the named fields; those it does not have are passed over.
    public func removing(_ names: [String]) -> Record {
        let span = bytes.span
        var kept: [Range<Int>] = []
        var cursor = RecordCursor(span)
        while let field = cursor.next(in: span) {
            let name = span.extracting(field.name)
            if !names.contains(where: { Scan.equal($0.utf8Span.span, name) }) {
                kept.append(field.whole)
            }
        }
        if kept.count == count { return self }
        var packer = Packer(capacityBytes: span.count)
        packer.packMapHeader(count: kept.count)
        for range in kept { packer.appendRaw(span.extracting(range)) }
        return Record(trusting: packer)
    }
}

extension Record {
    /// True if two records hold the same, whatever the order of keys at any level.
    ///
    /// Numbers are the same when both type and value are: `1` is not `1.0`, and `-0.0` is not
    /// `0.0`. Texts are compared by bytes. Top-level fields named in `ignoring` count on neither
    /// side. An absent field is not a null one.
    public func isEquivalent(to other: Record, ignoring: Set<String> = []) -> Bool {
        if bytes == other.bytes { return true }
        let mine = bytes.span
        let theirs = other.bytes.span
        let theirFields = RecordIndex(theirs)
        var matched = 0
        var cursor = RecordCursor(mine)
        while let field = cursor.next(in: mine) {
            let name = mine.extracting(field.name)
            if Self.isIgnored(name, ignoring) { continue }
            guard let range = theirFields.find(name, in: theirs) else { return false }
            matched += 1
            if Scan.equal(mine.extracting(field.value), theirs.extracting(range)) { continue }
            var here = Unpacker(offset: field.value.lowerBound)
            var there = Unpacker(offset: range.lowerBound)
            guard let a = try? Value(reading: &here, in: mine),
                let b = try? Value(reading: &there, in: theirs), a.isEquivalent(to: b)
            else { return false }
        }
        return matched == other.count(ignoring: ignoring)
    }

    /// Number of top-level fields less those named.
    private func count(ignoring: Set<String>) -> Int {
        let span = bytes.span
        var cursor = RecordCursor(span)
        var count = 0
        while let field = cursor.next(in: span) {
            if !Self.isIgnored(span.extracting(field.name), ignoring) { count += 1 }
        }
        return count
    }

    private static func isIgnored(_ name: Span<UInt8>, _ names: Set<String>) -> Bool {
        names.contains { Scan.equal($0.utf8Span.span, name) }
    }
}
