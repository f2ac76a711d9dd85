import Hansard
import HansardRecords

/// The finding of one check, and the advice.
struct DoctorCheck: Equatable {
    enum Verdict: String {
        case ok
        /// The store works; something should be looked at.
        case warn
        /// Something must be repaired.
        case fail
    }

    let name: String
    let verdict: Verdict
    let finding: String
    /// Nil when there is nothing to do.
    let advice: String?

    static func ok(_ name: String, _ finding: String) -> DoctorCheck {
        DoctorCheck(name: name, verdict: .ok, finding: finding, advice: nil)
    }

    static func warn(_ name: String, _ finding: String, _ advice: String) -> DoctorCheck {
        DoctorCheck(name: name, verdict: .warn, finding: finding, advice: advice)
    }

    static func fail(_ name: String, _ finding: String, _ advice: String? = nil) -> DoctorCheck {
        DoctorCheck(name: name, verdict: .fail, finding: finding, advice: advice)
    }

    /// A failure, and what to do about it.
    static func fail(_ name: String, _ error: HansardError) -> DoctorCheck {
        let cause = error.underlying.map { " (\($0))" } ?? ""
        return fail(name, error.what + cause, error.advice?.command)
    }

    func record() throws -> Record {
        var fields: [(String, Value)] = [
            ("check", .string(name)), ("verdict", .string(verdict.rawValue)),
            ("finding", .string(finding)),
        ]
        if let advice { fields.append(("advice", .string(advice))) }
        return try Record(fields)
    }

    func lines(_ style: Style) -> [String] {
        let word = TextLayout.padded(verdict.rawValue, to: 6)
        let shown = verdict == .ok ? style.dim(word) : style.warning(word)
        let room = style.columns.map { max(20, $0 - 22) }
        let indent = String(repeating: " ", count: 21)
        var lines = TextLayout.wrap(Printable.line(finding), to: room)
        lines =
            [shown + TextLayout.padded(name, to: 15) + lines[0]]
            + lines.dropFirst().map { indent + $0 }
        guard let advice else { return lines }
        return lines
            + TextLayout.wrap("→ " + Printable.line(advice), to: room).map { indent + $0 }
    }
}
