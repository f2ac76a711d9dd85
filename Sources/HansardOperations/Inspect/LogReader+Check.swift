import HansardBindings
public import HansardEngine

extension LogReader {
    /// Looks at every event for itself, as it is stored.
    ///
    /// - Parameter isCancelled: asked between some thousand events; true ends the check.
    /// - Returns: a report that names each damaged or missing event. Whether they follow from each
    ///   other, and what the index holds, is not looked at.
    /// - Throws: `HansardError` when the log can't be read; `cancelled`, saying how far it got.
    public func check(
        isCancelled: () -> Bool = { false }
    ) throws(HansardError) -> VerificationReport {
        do { return try checkEvents(isCancelled) } catch {
            throw HansardError.wrapping(error, doing: "checking the log")
        }
    }

    private func checkEvents(_ isCancelled: () -> Bool) throws -> VerificationReport {
        var report = VerificationReport()
        let head = try log.environment.read { try log.head(in: $0) }
        var position = Position(1)
        while position <= head {
            if isCancelled() {
                throw HansardError(
                    .cancelled,
                    "checked \(position.rawValue - 1) of \(head) events, \(report.problemsCount) of "
                        + "them damaged")
            }
            let last = min(head, Position(position.rawValue + 9_999))
            try log.codecs.with { codec in
                try log.environment.read { transaction in
                    while position <= last {
                        do {
                            let event = try log.event(
                                at: position, in: transaction, codec: codec, as: .stored)
                            if event == nil {
                                throw EventHeader.corrupt(position.rawValue, "is missing")
                            }
                        } catch let error as HansardError {
                            report.add(error.with(position: position))
                        }
                        position = position.next
                    }
                }
            }
        }
        report.eventsCount = Int(head.rawValue)
        report.head = head
        return report
    }
}
