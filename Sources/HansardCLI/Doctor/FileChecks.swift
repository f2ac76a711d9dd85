import Hansard
import HansardBindings

/// Checks of what is below the store: files, file system, disk.
struct FileChecks {
    let examination: StoreExamination
    let userID: UInt32

    var all: [DoctorCheck] { [files, fileSystem, diskSpace, leftovers] }

    var files: DoctorCheck {
        let name = "files"
        let files = examination.files
        guard let directory = files.first, directory.path == examination.path else {
            return .fail(
                name, "there is no \(examination.path)",
                "name the store with --store or HANSARD_STORE, or run 'hansard init'")
        }
        if let closed = files.first(where: { !$0.isReadable }) {
            return .fail(
                name,
                "user \(userID) may not read \(closed.path), which belongs to user \(closed.ownerID)",
                "run as user \(closed.ownerID), or let this user's group read it")
        }
        // LMDB's readers enter themselves in the lock file.
        if let lock = files.first(where: { !$0.isWritable && $0.path.hasSuffix("/lock.mdb") }) {
            return .warn(
                name, "user \(userID) may not write \(lock.path)",
                "let this user write the lock file, because reading needs it"
            )
        }
        if let fixed = files.first(where: { !$0.isWritable }) {
            return .warn(
                name, "user \(userID) may read the store but not write \(fixed.path)",
                "to append, run as user \(fixed.ownerID) or give this user permission to write")
        }
        if let foreign = files.first(where: { $0.ownerID != directory.ownerID }) {
            return .warn(
                name,
                "\(foreign.path) belongs to user \(foreign.ownerID), the store to user \(directory.ownerID)",
                "give all of it to one user: chown -R \(directory.ownerID) \(shell(directory.path))"
            )
        }
        if userID == 0 && directory.ownerID != 0 {
            return .warn(
                name, "the store belongs to user \(directory.ownerID) and this is root",
                "run as user \(directory.ownerID): files that root makes may lock the owner out")
        }
        if let open = files.first(where: { $0.mode & 0o007 != 0 && !$0.isDirectory }),
            directory.mode & 0o001 != 0
        {
            return .warn(
                name,
                "\(open.path) has mode \(String(open.mode, radix: 8)): every user of this "
                    + "machine may access the record",
                "remove that permission: chmod -R o-rwx \(shell(directory.path))")
        }
        return .ok(name, "the files belong to user \(directory.ownerID) and can be written")
    }

    var fileSystem: DoctorCheck {
        let name = "file system"
        switch examination.place {
        case .failure(let error): return .fail(name, error)
        case .success(let place):
            if let network = place.networkName {
                return .fail(
                    name, "the store is on \(network), where LMDB's locks are not reliable",
                    "move it to a disk of this machine while no process has it open")
            }
            if place.isReadOnly {
                return .warn(
                    name, "the file system is mounted read-only, so nothing can be appended",
                    "mount it for writing if the store should take appends")
            }
            return .ok(name, "local and writable")
        }
    }

    var diskSpace: DoctorCheck {
        let name = "disk space"
        guard case .success(let place) = examination.place else {
            return .warn(name, "the free space is unknown", "see the check of the file system")
        }
        func bytes(_ part: String) -> Int {
            examination.files.filter { $0.path.hasPrefix("\(examination.path)/\(part)") }
                .reduce(0) { $0 + $1.bytes }
        }
        let (log, index) = (bytes("log/data.mdb"), bytes("index-"))
        let finding =
            "\(Figures.bytes(place.freeBytes)) free; the log takes \(Figures.bytes(log)), the index "
            + Figures.bytes(index)
        if place.freeBytes < Self.freeBytesMin {
            return .fail(
                name, finding,
                "free some space; if the disk is full, appends are refused and nothing is lost")
        }
        if place.freeBytes < index + log / 10 + Self.freeBytesMin {
            return .warn(
                name, finding,
                "free some space, because a second index does not fit on the disk")
        }
        return .ok(name, finding)
    }

    /// Room for the largest commit and flush, and some more.
    private static let freeBytesMin = 128 << 20

    var leftovers: DoctorCheck {
        let name = "left-overs"
        var paths: [String] = []
        var kept: [String] = []
        for leftover in examination.leftovers {
            switch leftover {
            case .unfinishedStore(let path), .unfinishedIndex(let path): paths.append(path)
            case .otherIndex(let number): kept.append("index-\(number)")
            }
        }
        let finding =
            kept.isEmpty
            ? "none"
            : "none; 'hansard index use' and 'hansard index drop' apply to the kept "
                + "generations: "
                + kept.joined(separator: ", ")
        if paths.isEmpty { return .ok(name, finding) }
        return .warn(
            name, "interrupted work left " + paths.joined(separator: ", "),
            "remove them if no 'init', 'rebuild' or 'index' is running: rm -r "
                + paths.map(shell).joined(separator: " "))
    }

    private func shell(_ path: String) -> String { ShellWord.quoted(path) }
}
