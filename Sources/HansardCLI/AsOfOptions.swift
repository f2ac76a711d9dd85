import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

/// `--as-of`, on the verbs that can read the past.
struct AsOfOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read the state after this event, or at this time of the log's clock. Times are "
                + "written as \(GivenTime.help).",
            valueName: "position|time"))
    var asOf: String?

    func validate() throws { _ = try asOf.map { try Moment($0, option: "--as-of") } }

    /// Nil for the present.
    func moment() throws -> Moment? { try asOf.map { try Moment($0, option: "--as-of") } }
}

/// A place in the log from the command line: a position, or a recorded time.
enum Moment {
    case position(Position)
    case time(Instant)

    init(_ text: String, option: String) throws {
        if let number = UInt64(text) {
            guard number > 0 else {
                throw ValidationError("\(option): positions begin at 1.")
            }
            self = .position(Position(number))
            return
        }
        if !text.isEmpty,
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        {
            throw ValidationError("\(option): no log has \(text) events.")
        }
        self = .time(try GivenTime.instant(text, option: option))
    }

    func past(in view: ReadView) throws -> PastView {
        switch self {
        case .position(let position): try view.past(asOf: position)
        case .time(let instant): try view.past(asOf: instant)
        }
    }
}
