import HansardBindings
import HansardChat
import HansardRecords

/// The totals of an import over all its files.
struct ImportTotals: Sendable {
    var report = ImportReport()
    var startedAt = SystemClock.monotonicMicroseconds
    var endedAt = SystemClock.monotonicMicroseconds
    /// Most memory seen that no file backs; nil where the system does not say.
    var anonymousPeakBytes: Int?

    var seconds: Double { Double(endedAt - startedAt) / 1e6 }
    var linesPerSecond: Double { Double(report.lines) / max(seconds, 1e-6) }

    /// `added 88,812, already there 0, failed 0 in 1.6 s (55,000/s)`
    var summary: String {
        "added \(Figures.grouped(report.added)), already there \(Figures.grouped(report.repeated)), "
            + "failed \(Figures.grouped(report.failed)) in \(Figures.tenths(seconds)) s "
            + "(\(Figures.grouped(rounded(linesPerSecond)))/s)"
    }

    func record() throws -> Record {
        try Record([
            ("lines", .integer(Int64(report.lines))),
            ("added", .integer(Int64(report.added))),
            ("already_there", .integer(Int64(report.repeated))),
            ("failed", .integer(Int64(report.failed))),
            ("bytes_read", .integer(Int64(report.bytesRead))),
            ("seconds", .double((seconds * 1e6).rounded() / 1e6)),
            ("lines_per_second", .double(linesPerSecond.rounded())),
            ("anonymous_peak_bytes", anonymousPeakBytes.map { .integer(Int64($0)) } ?? .null),
            ("resident_peak_bytes", .integer(Int64(ProcessMemory.residentPeakBytes))),
        ])
    }

    /// A rate to three digits: more are noise.
    func rounded(_ rate: Double) -> Int {
        var unit = 1.0
        while rate / unit >= 1_000 { unit *= 10 }
        return Int((rate / unit).rounded() * unit)
    }

    /// Takes in a look at the process's memory.
    mutating func sampleMemory() {
        guard let now = ProcessMemory.anonymousBytes else { return }
        anonymousPeakBytes = max(anonymousPeakBytes ?? 0, now)
    }

    /// These totals with a file's report added.
    func adding(_ other: ImportReport) -> ImportTotals {
        var sum = self
        sum.report.lines += other.lines
        sum.report.added += other.added
        sum.report.repeated += other.repeated
        sum.report.failed += other.failed
        sum.report.bytesRead += other.bytesRead
        return sum
    }
}
