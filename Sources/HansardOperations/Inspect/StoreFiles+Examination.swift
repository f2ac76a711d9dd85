import HansardBindings
import HansardEngine

extension StoreFiles {
    /// The store's directories and files, those that are there.
    func examined() -> [StoreExamination.File] {
        var paths = [directory, log, logData, "\(log)/lock.mdb"]
        for index in indexDirectories() {
            paths += [index, "\(index)/data.mdb", "\(index)/lock.mdb"]
        }
        return paths.compactMap { path in
            guard let found = try? FileSystem.information(of: path) else { return nil }
            return StoreExamination.File(
                path: path, isDirectory: found.isDirectory, ownerID: found.ownerID,
                mode: found.mode, bytes: found.bytes, isReadable: found.isReadable,
                isWritable: found.isWritable)
        }
    }

    /// The file system, that of the directory above when the store is not there.
    func examinedPlace() -> Result<StoreExamination.Place, HansardError> {
        let place = FileSystem.exists(directory) ? directory : FileSystem.parent(of: directory)
        do {
            let check = try FileSystemCheck.check(place)
            var network: String?
            if case .network(let name) = check.kind { network = name }
            return .success(
                StoreExamination.Place(
                    networkName: network, isReadOnly: check.isReadOnly,
                    freeBytes: try FileSystem.freeBytes(at: place)))
        } catch {
            return .failure(HansardError.wrapping(error, doing: "looking at the file system"))
        }
    }

    /// Stores whose making was interrupted, and indexes that are not the live one.
    ///
    /// - Parameter live: the live generation; nil when it is not known, and then none is left over.
    func leftovers(live: UInt64?) -> [StoreExamination.Leftover] {
        let parent = FileSystem.parent(of: directory)
        let name = directory.split(separator: "/").last.map(String.init) ?? directory
        let names = (try? FileSystem.names(in: parent)) ?? []
        let unfinished = names.filter { $0.hasPrefix("\(name).new-") }.sorted()
            .map { StoreExamination.Leftover.unfinishedStore(path: "\(parent)/\($0)") }
        // A directory that can't be listed is reported itself.
        let own = ((try? FileSystem.names(in: directory)) ?? []).sorted()
        let indexes = own.filter(Layout.isLeftover).map {
            StoreExamination.Leftover.unfinishedIndex(path: "\(directory)/\($0)")
        }
        guard let live else { return unfinished + indexes }
        return unfinished + indexes
            + own.compactMap(Layout.generation(ofDirectory:)).filter { $0 != live }
            .map { .otherIndex(number: $0) }
    }

    private func indexDirectories() -> [String] {
        // A directory that can't be listed is reported itself.
        let names = (try? FileSystem.names(in: directory)) ?? []
        return names.filter { $0.hasPrefix("index-") }.sorted().map { "\(directory)/\($0)" }
    }
}

extension Log {
    private static let clockEventsMax: UInt64 = 1_000

    /// The facts that the log's file gives.
    func examined() throws -> StoreExamination.LogState {
        let information = environment.information()
        var (recordedAt, behind): (Instant?, Int64) = (nil, 0)
        let head = try environment.read { transaction in
            let last = try self.head(in: transaction)
            let first = last.rawValue - min(last.rawValue, Self.clockEventsMax) + 1
            for position in stride(from: first, through: last.rawValue, by: 1) {
                try transaction.withValue(integerKey: position, in: events) { stored in
                    guard let stored else { return }
                    let header = try EventHeader.decode(stored, position: position).header
                    recordedAt = Instant(microsecondsSinceUnixEpoch: header.recordedAt)
                    let (difference, overflow) = header.recordedAt
                        .subtractingReportingOverflow(header.clockAt)
                    behind = max(behind, overflow ? .max : difference)
                }
            }
            return last
        }
        return StoreExamination.LogState(
            head: head, headRecordedAt: recordedAt, clockBehindMax: .microseconds(behind),
            dictionariesCount: Int(dictionaries.newest),
            deadReadersFreed: environment.deadReadersFreed, mapBytes: information.mapSize,
            mapUsedBytes: information.usedBytes)
    }
}
