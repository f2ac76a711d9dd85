import Hansard
import HansardRecords

extension EventJSON {
    /// The fields of the lines, for help texts.
    static let help = """
        With --json, each line is an object with these fields. Fields without a value are left out; \
        data is always present.
          position, revision, id, type, schema_version, stream, data
          recorded_at    the recorded time (RFC 3339, UTC, to the microsecond)
          clock_at       the raw clock, if it differs
          actor, on_behalf_of, correlation_id, causation_id, metadata
          claims         a list of ids
          filled_fields  names of the fields that the store filled in
          lifecycle      begins or ends
          entity         position of the event that began the stream's entity
          hidden         true if a redaction removed the event's text
        """
}
