import HansardRecords
import Testing

@testable import HansardChat

@Suite struct FieldChangeTests {
    /// Names that look the same and are other bytes are other fields, as everywhere.
    @Test func fieldsAreToldApartByTheirBytes() throws {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        let before = try Record(json: #"{"\#(composed)":1,"\#(decomposed)":2}"#)
        #expect(FieldChange.between(before, before).isEmpty)
        let after = try Record(json: #"{"\#(composed)":1,"\#(decomposed)":3}"#)
        #expect(
            FieldChange.between(before, after) == [
                FieldChange(name: decomposed, before: 2, after: 3)
            ])
        let left = try Record(json: #"{"\#(composed)":1}"#)
        let gone = FieldChange.between(before, left)
        #expect(gone.count == 1 && gone[0].before == 2 && gone[0].after == nil)
    }
}
