import HansardBindings

/// Finds fields of one record again and again: by looking through them when they are few, through a
/// dictionary when they are many, so that a record of very many fields costs no square of time.
struct RecordIndex {
    /// Fields up to which looking through them is quicker.
    private static let fewFields = 32

    private let start: RecordCursor
    private var byName: [[UInt8]: Range<Int>] = [:]

    init(_ span: Span<UInt8>) {
        start = RecordCursor(span)
        guard start.left > Self.fewFields else { return }
        var cursor = start
        while let field = cursor.next(in: span) {
            byName[Self.name(span.extracting(field.name))] = field.value
        }
    }

    /// The packed value of the named field; `span` is that of `init`.
    func find(_ name: Span<UInt8>, in span: Span<UInt8>) -> Range<Int>? {
        if byName.isEmpty {
            var cursor = start
            return cursor.find(name, in: span)
        }
        return byName[Self.name(name)]
    }

    private static func name(_ span: Span<UInt8>) -> [UInt8] {
        var name: [UInt8] = []
        name.appendSpan(span)
        return name
    }
}
