import ArgumentParser
import HansardChat

/// The place where a page of a list begins.
struct PageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Begin after this cursor, which the previous page printed.", valueName: "cursor"))
    var after: String?

    func validate() throws { _ = try cursor() }

    func cursor() throws -> PageCursor? {
        guard let after else { return nil }
        if let cursor = PageCursor(text: after) { return cursor }
        throw ValidationError(
            "'\(after)' is not a cursor: take the one that the previous page printed.")
    }

    static func check(limit: Int) throws {
        guard limit > 0 else { throw ValidationError("--limit must be 1 or more, not \(limit).") }
    }

    /// The largest page read at once; longer lists are read in several.
    static let pageMax = 1_000
}
