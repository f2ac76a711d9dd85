public import Hansard
import HansardRecords

/// A mark in the metadata of each event of an append, which tells later whether all of it is there.
public enum AppendTag {
    private static let field = "append"

    static func mark(_ append: inout Append, _ id: Identifier) throws {
        let count = Int64(append.events.count)
        for number in append.events.indices {
            append.events[number].metadata = append.events[number].metadata.setting(
                field, to: .array([.string(id.text), .integer(Int64(number)), .integer(count)]))
        }
    }

    /// Appends of which a part is missing or in another place; the events are all of a log, in
    /// order.
    public static func brokenAppends(in events: [Event]) -> [String] {
        var broken: [String] = []
        var expected: (id: String, number: Int64, count: Int64)?
        for (index, event) in events.enumerated() where OperatorAct(event) == nil {
            guard case .array(let parts)? = event.metadata.field(field), parts.count == 3,
                case .string(let id) = parts[0], case .integer(let number) = parts[1],
                case .integer(let count) = parts[2]
            else {
                broken.append("event \(index + 1) bears no mark")
                continue
            }
            let isNext = expected.map { $0.id == id && $0.number == number } ?? (number == 0)
            if !isNext {
                broken.append("event \(index + 1) is part \(number) of \(count) of \(id)")
            }
            expected = number + 1 < count ? (id, number + 1, count) : nil
        }
        if let expected { broken.append("\(expected.id) ends before its part \(expected.number)") }
        return broken
    }
}
