package import HansardBindings
import HansardRecords

/// An event as MessagePack: an array of fields in fixed order. docs/FORMAT.md, "Payload".
///
/// The fields that seldom change come first, so that the dictionary covers them with one match.
package enum EventPayload {
    static let fieldsCount = 14

    package static func pack(_ event: Event, into packer: inout Packer) {
        packer.packArrayHeader(count: fieldsCount)
        packer.packString(event.type.rawValue)
        packer.packInteger(Int64(event.schemaVersion))
        packer.packInteger(Int64(event.lifecycle.rawValue))
        pack(event.actor, into: &packer)
        pack(event.onBehalfOf, into: &packer)
        pack(event.correlationID, into: &packer)
        pack(event.causationID, into: &packer)
        if event.metadata.isEmpty {
            packer.packNil()
        } else {
            packer.appendRaw(event.metadata.bytes.span)
        }
        packList(event.filledFields, into: &packer) { $1.packString($0) }
        packList(event.claims, into: &packer) { $0.pack(into: &$1) }
        packer.packString(event.stream.category)
        event.stream.id.pack(into: &packer)
        // An event usually is about the thing with its own id, or claims it; the id itself comes
        // last but one, next to the data that tends to repeat it.
        event.id.pack(into: &packer)
        packer.appendRaw(event.data.bytes.span)
    }

    private static func pack(_ text: String?, into packer: inout Packer) {
        if let text { packer.packString(text) } else { packer.packNil() }
    }

    private static func pack(_ id: Identifier?, into packer: inout Packer) {
        if let id { id.pack(into: &packer) } else { packer.packNil() }
    }

    private static func packList<Element>(
        _ list: [Element], into packer: inout Packer,
        _ pack: (Element, inout Packer) -> Void
    ) {
        if list.isEmpty { return packer.packNil() }
        packer.packArrayHeader(count: list.count)
        for element in list { pack(element, &packer) }
    }
}
