import HansardBindings
import HansardRecords

extension LMDBError {
    /// Whether the file itself is to blame.
    var isDamage: Bool {
        if case .unreadable? = dataFileFailure { return false }
        return dataFileFailure != nil
            || [.corrupted, .invalid, .pageNotFound, .versionMismatch].contains(code)
    }
}

extension HansardError {
    /// The error as one of ours, with a sentence on what to do.
    package static func wrapping(_ error: any Error, doing what: String) -> HansardError {
        switch error {
        case let error as HansardError: error
        case let error as LMDBError: HansardError(lmdb: error, doing: what)
        case let error as SystemError: HansardError(system: error, doing: what)
        case let error as RecordError:
            HansardError(.invalidArgument, "\(error)", underlying: nil)
        default: HansardError(.system, "\(what) failed", underlying: error)
        }
    }

    private init(lmdb error: LMDBError, doing what: String) {
        if error.isDamage {
            self.init(
                .damagedFile,
                "\(what) failed on a damaged page: run 'hansard verify', which tells whether the log or "
                    + "the index is damaged",
                underlying: error)
            return
        }
        switch error.code {
        case .permissionDenied, .readOnlyFileSystem:
            self.init(notPermitted: error, doing: what)
        case .mapFull, .noSpace:
            self.init(
                .full, "\(what) failed because the disk or the map is full: free some space",
                underlying: error)
        case .noSuchFile:
            self.init(
                .notAStore, "there is no store here: make one with 'hansard init'",
                underlying: error)
        default:
            self.init(.system, "\(what) failed", underlying: error)
        }
    }

    private init(system error: SystemError, doing what: String) {
        if error.isDiskFull {
            self.init(
                .full, "\(what) failed because the disk is full: free some space and run it again",
                underlying: error)
        } else if error.isPermissionDenied {
            self.init(notPermitted: error, doing: what)
        } else if error.isNotFound {
            self.init(.notAStore, "\(what) failed: there is no such file", underlying: error)
        } else {
            self.init(.system, "\(what) failed", underlying: error)
        }
    }

    private init(notPermitted error: any Error, doing what: String) {
        self.init(
            .noPermission,
            "\(what) is not permitted: check the owner and mode of the store's files and whether the "
                + "file system is mounted read-only",
            underlying: error)
    }
}
