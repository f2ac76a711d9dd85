import Foundation
import HansardRecords

/// Prints measurements as they come: rows under headings, or a JSON object a row.
struct Report {
    /// A measurement by its name, which ends with its unit.
    struct Cell {
        let name: String
        let value: Value

        init(_ name: String, _ text: String) { (self.name, value) = (name, .string(text)) }
        init(_ name: String, _ count: Int) { (self.name, value) = (name, .integer(Int64(count))) }
        init(_ name: String, _ number: Double, places: Int = 1) {
            let scale = pow(10, Double(places))
            (self.name, value) = (name, .double((number * scale).rounded() / scale))
        }

        /// A count per second.
        static func rate(_ name: String, _ count: Int, in duration: Duration) -> Cell {
            Cell(name, Int(Double(count) / max(1e-9, duration.inSeconds)))
        }

        /// The cells of a distribution, in milliseconds.
        static func milliseconds(_ name: String, _ summary: Latencies.Summary) -> [Cell] {
            [
                Cell("\(name)_p50_ms", summary.p50 / 1e3, places: 2),
                Cell("\(name)_p99_ms", summary.p99 / 1e3, places: 2),
                Cell("\(name)_max_ms", summary.max / 1e3, places: 2),
            ]
        }
    }

    let bench: String
    let isJSON: Bool
    private var headings: [String] = []

    init(_ bench: String, isJSON: Bool) {
        self.bench = bench
        self.isJSON = isJSON
    }

    mutating func add(_ cells: [Cell]) throws {
        if isJSON {
            let fields = cells.map { ($0.name, $0.value) }
            print(try Record([("bench", .string(bench))] + fields).json())
        } else {
            let names = cells.map(\.name)
            let widths = cells.map(Self.width)
            if names != headings { print("\n" + Self.line(names, widths: widths)) }
            headings = names
            let texts = cells.map { Self.text($0.value) }
            print(Self.line(texts, widths: widths))
        }
        // Long runs are watched through pipes.
        fflush(nil)
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        default: ""
        }
    }

    /// Columns a cell takes, so that rows stand under each other.
    private static func width(_ cell: Cell) -> Int {
        if case .string = cell.value { return max(cell.name.count, 18) }
        return max(cell.name.count, 9)
    }

    private static func line(_ texts: [String], widths: [Int]) -> String {
        zip(texts, widths).map { text, width in
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        .joined(separator: "  ")
    }
}
