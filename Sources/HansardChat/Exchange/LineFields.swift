import Hansard
import HansardRecords

/// The fields of a line that are about the line, whatever its record has.
enum LineFields {
    /// The field with the actor and the reason.
    static let provenance = "$provenance"
    /// The record whole, where a field of it has a name that means something in a line.
    static let record = "$record"

    /// Names that no field of a record may have beside them.
    static let reserved = ["op", provenance, record]

    /// The provenance as a field of a line; nil when nothing is known.
    static func provenance(of event: Event) -> Record? {
        var known = Record.empty
        if let actor = event.actor { known = known.setting("actor", to: .string(actor)) }
        if let other = event.onBehalfOf {
            known = known.setting("on_behalf_of", to: .string(other))
        }
        if let id = event.correlationID { known = known.setting("correlation_id", to: id) }
        if let id = event.causationID { known = known.setting("causation_id", to: id) }
        return known.isEmpty ? nil : known
    }

    /// Reads what a line says of who did it and why.
    ///
    /// - Throws: `HansardError`: `invalidArgument` for fields it can't have, `wrongType` for
    ///   fields of other types, and the code of an id that can't be one.
    static func provenance(in given: Record) throws(HansardError) -> Provenance {
        let known = ["actor", "on_behalf_of", "correlation_id", "causation_id"]
        for name in given.fieldNames {
            guard known.contains(name) else {
                throw HansardError(
                    .invalidArgument,
                    "the field '\(provenance)' can't have '\(name)': it has the texts "
                        + known.joined(separator: ", "))
            }
            guard given.isNull(name) || given.string(name) != nil else {
                throw HansardError(
                    .wrongType, "the field '\(provenance)': '\(name)' must be text")
            }
        }
        do {
            return Provenance(
                actor: given.string("actor"), onBehalfOf: given.string("on_behalf_of"),
                correlationID: try given.identifier("correlation_id"),
                causationID: try given.identifier("causation_id"))
        } catch {
            throw HansardError(error, what: "the field '\(provenance)': \(error.what)")
        }
    }

    /// The record of a line that creates something: its fields without those about the line, or
    /// the one it holds whole.
    ///
    /// - Parameter own: further fields of the line that are not the record's.
    /// - Throws: `HansardError`: `invalidArgument` when it has both, `wrongType` when the whole
    ///   record is no object.
    static func created(in line: Record, own: [String]) throws(HansardError) -> Record {
        let rest = line.removing(reserved + own)
        guard line.contains(record) else { return rest }
        guard let whole = line.record(record) else {
            throw HansardError(.wrongType, "the field '\(record)' must be an object")
        }
        if let other = rest.fieldNames.first {
            throw HansardError(
                .invalidArgument,
                "the field '\(record)' holds the whole record, so '\(other)' can't be given too")
        }
        return whole
    }
}
