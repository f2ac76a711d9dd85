import Hansard
import HansardBindings
import HansardChat
import Synchronization

/// Imports files one after the other, showing how far it is.
final class ImportSession: Sendable {
    private struct State {
        /// The files done.
        var totals = ImportTotals()
        /// The report of the file under way.
        var current = ImportReport()
    }

    private let state = Mutex(State())
    private let chat: Chat
    private let keepsGoing: Bool
    private let takesProvenance: Bool
    private let status: StatusLine

    init(chat: Chat, keepsGoing: Bool, takesProvenance: Bool, isQuiet: Bool) {
        self.chat = chat
        self.takesProvenance = takesProvenance
        self.keepsGoing = keepsGoing
        status = StatusLine(isQuiet: isQuiet)
    }

    /// The report of all files so far.
    var totals: ImportTotals { state.withLock { $0.totals.adding($0.current) } }

    func run(_ files: [String]) async -> Result<Void, any Error> {
        do {
            for file in files where Interruption.signal == nil { try await run(file) }
            end()
            return .success(())
        } catch {
            end()
            return .failure(error)
        }
    }

    private func end() {
        status.clear()
        state.withLock { state in
            state.totals.sampleMemory()
            state.totals.endedAt = SystemClock.monotonicMicroseconds
        }
    }

    private func run(_ file: String) async throws {
        let path = file == "-" ? nil : file
        let name = path ?? "standard input"
        let source: ImportSource
        do { source = file == "-" ? .standardInput() : try ImportSource(path: file) } catch {
            throw CommandFailure(
                ErrorText.of(error), status: .ofInput(error.code), cause: error)
        }
        let importer = Importer(into: chat, options: options(name, size: source.size))
        do {
            _ = try await importer.run(source)
        } catch let failure as ImportFailure {
            throw CommandFailure(
                "\(name): \(ErrorText.of(failure)). The lines before it are in the store. Fix it and import again, or "
                    + "skip it with --keep-going", status: .badInput,
                cause: failure.error.with(path: path),
                place: InputPlace(line: failure.line, column: failure.column))
        } catch let error as HansardError where error.code == .damagedInput {
            throw CommandFailure(
                "\(name): \(ErrorText.of(error))", status: .badInput, cause: error.with(path: path))
        } catch let error as HansardError {
            throw CommandFailure(
                "\(name): \(ErrorText.of(error)). The mutations counted above are in the store; fix the cause and "
                    + "import again to continue", cause: error)
        }
        state.withLock { state in
            state.totals = state.totals.adding(state.current)
            state.current = ImportReport()
        }
    }

    private func options(_ name: String, size: Int?) -> Importer.Options {
        var options = Importer.Options()
        options.keepsGoing = keepsGoing
        options.takesProvenance = takesProvenance
        options.actor = ActingOptions.operatorName
        options.isStopped = { Interruption.signal != nil }
        options.onFailure = { [status] in status.say("\(name): \(ErrorText.of($0))") }
        let shortName = name.split(separator: "/").last.map(String.init) ?? name
        options.onProgress = { [self] report in
            let totals = state.withLock { state in
                state.current = report
                state.totals.sampleMemory()
                return state.totals
            }
            status.show { Self.progress(shortName, report, size: size, since: totals.startedAt) }
        }
        return options
    }

    /// `conversations.jsonl.zst: 12,345 lines, 3.1 MB of 12.1 MB, 55,000/s, 4 s left`
    private static func progress(
        _ name: String, _ report: ImportReport, size: Int?, since start: UInt64
    ) -> String {
        var totals = ImportTotals()
        totals.report = report
        totals.startedAt = start
        totals.endedAt = SystemClock.monotonicMicroseconds
        var text =
            "\(name): \(Figures.counted(report.lines, "line")), \(Figures.bytes(report.bytesRead))"
        if let size { text += " of \(Figures.bytes(size))" }
        text += ", \(Figures.grouped(totals.rounded(totals.linesPerSecond)))/s"
        if let size, report.bytesRead > 0 {
            let left =
                totals.seconds * Double(max(0, size - report.bytesRead))
                / Double(report.bytesRead)
            text += ", \(Figures.duration(seconds: left)) left"
        }
        return text
    }
}
