import Hansard
import HansardRecords

extension StoreStatistics {
    /// The statistics for people.
    ///
    /// - Parameter signing: what was signed last.
    func lines(_ style: Style, signing: SigningState) -> [String] {
        var lines = [
            fact("store", path, style),
            fact("head", Figures.grouped(Int(head.rawValue)), style),
            fact("log id", logID, style),
            fact("format", "\(formatVersion)", style),
            fact("generation", generation, style),
            fact("dictionaries", "\(dictionariesCount)", style),
            fact("signed", signing.text, style),
            fact(
                "tail",
                "\(Figures.counted(tailEventsCount, "event")) (\(Figures.bytes(tailBytes))) in "
                    + "memory", style),
        ]
        if let external = signing.witness.text {
            lines.insert(fact("external", external, style), at: lines.count - 1)
        }
        if let logBytesPerEvent {
            lines.append(fact("per event", "\(Figures.tenths(logBytesPerEvent)) B of log", style))
        }
        if let ratio = sample.compressionRatio {
            let hundredths = Int((ratio * 100).rounded())
            let text = "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
            let sampled = Figures.counted(sample.eventsCount, "event")
            lines.append(fact("compression", "\(text)× (of \(sampled) examined)", style))
        }
        lines += environmentLines("log", log, style) + environmentLines("index", index, style)
        lines += ["", style.bold("projections")]
        for unit in units {
            var text = "version \(unit.version), durable to \(unit.durablePosition)"
            text += ", current to \(unit.current)"
            if let stop = unit.stop {
                text += style.warning(
                    ", stopped at \(stop.position): \(Printable.line(stop.reason))")
            }
            if let rebuild = unit.rebuild {
                text = "version \(unit.version), rebuilding: "
                text += style.warning(Printable.line("\(rebuild)"))
            }
            lines.append("  " + TextLayout.padded(unit.name, to: 24) + text)
        }
        for unit in otherUnits {
            var text =
                "version \(unit.version), durable to \(unit.durablePosition), of another program"
            if let stop = unit.stop {
                text += style.warning(
                    ", stopped at \(stop.position): \(Printable.line(stop.reason))")
            }
            lines.append("  " + TextLayout.padded(Printable.line(unit.name), to: 24) + text)
        }
        return lines + ["", style.dim("LMDB \(lmdbVersion), zstd \(zstdVersion)")]
    }

    private var generation: String {
        if liveGeneration == indexGeneration { return "\(indexGeneration) of the index" }
        return "\(indexGeneration) of the index, while \(liveGeneration) is live"
            + (reasonToStay.map { ": \(ErrorText.of($0))" } ?? "")
    }

    private func fact(_ name: String, _ value: String, _ style: Style) -> String {
        style.dim(TextLayout.padded(name, to: 14)) + Printable.line(value)
    }

    private func environmentLines(
        _ name: String, _ environment: Environment, _ style: Style
    ) -> [String] {
        let sizes =
            "\(Figures.bytes(environment.liveBytes)) in use, file \(Figures.bytes(environment.fileBytes)), "
            + "map \(Figures.bytes(environment.mapUsedBytes)) of "
            + "\(Figures.bytes(environment.mapBytes)), readers \(environment.readersInUse) of "
            + "\(environment.readersMax)"
        return ["", style.bold(name) + "  " + style.dim(sizes)]
            + environment.tables.map { table in
                "  " + TextLayout.padded(table.name, to: 24)
                    + TextLayout.padded(Figures.counted(table.entriesCount, "row"), to: 18)
                    + Figures.bytes(table.liveBytes)
            }
    }

    /// The statistics for programs.
    func record() throws -> Record {
        try Record([
            ("path", .string(path)), ("head", .integer(Int64(head.rawValue))),
            ("log_id", .string(logID)), ("format_version", .integer(Int64(formatVersion))),
            ("index_generation", .integer(Int64(indexGeneration))),
            ("live_generation", .integer(Int64(liveGeneration))),
            ("reason_to_stay", reasonToStay.map { .string(ErrorText.of($0)) } ?? .null),
            ("dictionaries", .integer(Int64(dictionariesCount))),
            ("tail_events", .integer(Int64(tailEventsCount))),
            ("tail_bytes", .integer(Int64(tailBytes))),
            ("log_bytes_per_event", logBytesPerEvent.map { .double($0) } ?? .null),
            ("compression_ratio", sample.compressionRatio.map { .double($0) } ?? .null),
            ("log", log.value), ("index", index.value),
            ("projections", .array(UnitFields.all(of: self).map { .object($0) })),
            ("lmdb_version", .string(lmdbVersion)), ("zstd_version", .string(zstdVersion)),
        ])
    }
}

extension StoreStatistics.Environment {
    fileprivate var value: Value {
        .object([
            ("live_bytes", .integer(Int64(liveBytes))), ("file_bytes", .integer(Int64(fileBytes))),
            ("map_bytes", .integer(Int64(mapBytes))),
            ("map_used_bytes", .integer(Int64(mapUsedBytes))),
            ("readers_in_use", .integer(Int64(readersInUse))),
            ("readers_max", .integer(Int64(readersMax))),
            (
                "tables",
                .array(
                    tables.map { table in
                        .object([
                            ("name", .string(table.name)),
                            ("entries", .integer(Int64(table.entriesCount))),
                            ("live_bytes", .integer(Int64(table.liveBytes))),
                        ])
                    })
            ),
        ])
    }
}
