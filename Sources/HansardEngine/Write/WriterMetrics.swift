import HansardBindings
import Metrics

/// Figures of a process's writers, for the metrics system that the program has set up
/// (swift-metrics); without one they cost nothing worth measuring.
struct WriterMetrics: Sendable {
    /// Events this process has appended.
    let appendedEvents = Counter(label: "hansard_appended_events_total")
    /// The time from the begin of a group commit to its end.
    let commit = Metrics.Timer(label: "hansard_commit_duration")
    /// The time that a flush of the tail takes.
    let flush = Metrics.Timer(label: "hansard_flush_duration")
    /// Events in the tail after a commit.
    let tailEvents = Gauge(label: "hansard_tail_events")

    /// Counts what a group commit appended.
    func committed(_ answers: [AppendQueue.Answer], tail: UnitTail) {
        let appended = answers.reduce(0) { count, answer in
            guard case .success(let appended) = answer, !appended.wasRepeated else { return count }
            return count + appended.positions.count
        }
        appendedEvents.increment(by: appended)
        tailEvents.record(tail.eventsCount)
    }

    /// Records how long `body` took on a timer, unless it throws.
    func time<Result, Failure: Error>(
        _ timer: Metrics.Timer, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let startedAt = SystemClock.monotonicMicroseconds
        let result = try body()
        timer.recordMicroseconds(SystemClock.monotonicMicroseconds - startedAt)
        return result
    }
}
