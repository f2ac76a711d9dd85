import Hansard
import HansardBindings

/// Checks of what is in the store: log, index, projections, readers, clock.
struct StateChecks {
    let examination: StoreExamination

    var all: [DoctorCheck] {
        [log, index] + [projections, lag, readers, clock, dictionary].compactMap { $0 }
    }

    var log: DoctorCheck {
        switch examination.log {
        case .failure(let error): return .fail("log", error)
        case .success(let log):
            let used = "\(Figures.bytes(log.mapUsedBytes)) of \(Figures.bytes(log.mapBytes))"
            if log.mapUsedBytes > log.mapBytes / 10 * 9 {
                return .warn(
                    "log", "the log takes \(used) that this process can map",
                    "raise the limit of address space (ulimit -v, systemd's LimitAS)")
            }
            return .ok(
                "log", "\(Figures.counted(Int(log.head.rawValue), "event")), \(used) of its map")
        }
    }

    var index: DoctorCheck {
        switch examination.statistics {
        case .failure(let error)?: return .fail("index", error)
        case .success(let statistics)?:
            return .ok("index", "generation \(statistics.indexGeneration), can be opened")
        case nil:
            guard case .success = examination.log else {
                return .warn("index", "the index was not examined", "repair the log first")
            }
            return .warn(
                "index", "there is no index",
                "run any verb with permission to write, such as 'hansard stats'; it builds the index "
                    + "from the log")
        }
    }

    private var statistics: StoreStatistics? { try? examination.statistics?.get() }
    private var logState: StoreExamination.LogState? { try? examination.log.get() }

    var projections: DoctorCheck? {
        guard let units = statistics?.units else { return nil }
        let stops = units.compactMap(\.stop)
        if !stops.isEmpty {
            let text = stops.map { "'\($0.unit)' stopped at event \($0.position): \($0.reason)" }
            return .fail(
                "projections", text.joined(separator: "; "),
                "fix the projection and start the program again; everything else continues"
            )
        }
        if let foreign = stoppedForeign { return foreign }
        let lacking = units.compactMap(\.rebuild)
        if !lacking.isEmpty {
            let text = lacking.map { rebuild in
                let has = rebuild.storedVersion.map { "version \($0)" } ?? "none"
                return "'\(rebuild.unit)' is at version \(rebuild.version), the index has \(has)"
            }
            return .warn(
                "projections", text.joined(separator: "; "),
                "run 'hansard rebuild', unless a program of this version runs and builds it; "
                    + "everything else is served")
        }
        let names = units.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        return .ok("projections", "current: \(names)")
    }

    /// Stopped units of other programs, as those noted it.
    private var stoppedForeign: DoctorCheck? {
        let stops = (statistics?.otherUnits ?? []).compactMap(\.stop)
        if stops.isEmpty { return nil }
        let text = stops.map {
            "'\($0.unit)' of another program stopped at event \($0.position): \($0.reason)"
        }
        return .warn(
            "projections", text.joined(separator: "; "),
            "fix the projection in that program and start it again; everything else continues")
    }

    /// A few times the events of one flush.
    private static let lagMax: UInt64 = 200_000

    var lag: DoctorCheck? {
        guard let statistics else { return nil }
        let running = statistics.units.filter { $0.stop == nil && $0.rebuild == nil }
        let durable = running.map(\.durablePosition).min() ?? .zero
        let lag = statistics.head.rawValue - min(durable, statistics.head).rawValue
        let finding = "\(Figures.counted(Int(lag), "event")) not in the index yet"
        if lag <= Self.lagMax { return .ok("lag", finding) }
        return .warn(
            "lag", finding,
            "look for errors of the process that appends; the next opening must fold these events")
    }

    var readers: DoctorCheck? {
        guard let logState else { return nil }
        let lagging = examination.laggingReaders
        if !lagging.isEmpty {
            let text = lagging.map {
                "process \($0.processID) has kept a snapshot of the \($0.environment), "
                    + "\(Figures.counted(Int($0.commitsBehind), "commit")) old"
            }
            return .warn(
                "readers", text.joined(separator: "; "),
                "examine the process, and end it if it hangs; the file grows because its pages can't "
                    + "be reused")
        }
        if logState.deadReadersFreed > 0 {
            return .ok(
                "readers",
                "freed the slots of \(Figures.counted(logState.deadReadersFreed, "dead reader"))")
        }
        return .ok("readers", "no process keeps an old snapshot")
    }

    var clock: DoctorCheck? {
        guard let logState, let recordedAt = logState.headRecordedAt else { return nil }
        let ahead = examination.examinedAt.duration(to: recordedAt)
        if ahead > .seconds(1) {
            return .warn(
                "clock",
                "the last event was recorded at \(recordedAt), "
                    + "\(Self.text(ahead)) from now",
                "set the clock; until it has caught up, events get that recorded time and keep the "
                    + "raw clock")
        }
        let behind = logState.clockBehindMax
        if behind > .seconds(1) {
            return .warn(
                "clock", "the clock went back by \(Self.text(behind)) among the last events",
                "check that NTP or chrony sets the machine's clock; the order of events is not affected"
            )
        }
        return .ok("clock", "the clock agrees with the recorded times")
    }

    private static func text(_ span: Duration) -> String {
        span < .seconds(1_000_000_000) ? Figures.duration(seconds: span.inSeconds) : "many years"
    }

    var dictionary: DoctorCheck? {
        guard let logState else { return nil }
        if logState.dictionariesCount > 0 {
            return .ok(
                "dictionary", Figures.counted(logState.dictionariesCount, "compression dictionary"))
        }
        return .warn(
            "dictionary", "the log has no dictionary, so events take two to three times the space",
            "make new stores with a build that has one")
    }
}
