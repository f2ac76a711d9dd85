import HansardBindings

extension LMDBError {
    /// True if the file itself is to blame.
    package var isDamage: Bool {
        if case .unreadable? = dataFileFailure { return false }
        return dataFileFailure != nil
            || [.corrupted, .invalid, .pageNotFound, .versionMismatch].contains(code)
    }
}

extension ErrorCode {
    /// The kind of any error this project's modules throw.
    package init(of error: any Error) {
        switch error {
        case let error as HansardError: self = error.code
        case let error as RecordError: self = error.code
        case let error as LMDBError: self.init(lmdb: error)
        case let error as SystemError: self.init(system: error)
        default: self = .system
        }
    }

    private init(lmdb error: LMDBError) {
        if error.isDamage {
            self = .damagedFile
            return
        }
        switch error.code {
        case .permissionDenied, .readOnlyFileSystem: self = .noPermission
        case .mapFull, .noSpace: self = .full
        case .noSuchFile: self = .notAStore
        default: self = .system
        }
    }

    private init(system error: SystemError) {
        if error.isDiskFull {
            self = .full
        } else if error.isPermissionDenied {
            self = .noPermission
        } else {
            self = error.isNotFound ? .notAStore : .system
        }
    }
}

extension HansardError {
    /// A record's fault as an error of the store, with its code and advice.
    ///
    /// - Parameter what: the fault with its context; nil for the fault and its place.
    package init(_ error: RecordError, what: String? = nil) {
        self.init(error.code, what ?? error.placed, advice: error.advice.map { .correct($0) })
    }

    /// The error as one of ours.
    ///
    /// - Parameter what: the call that failed, as "opening the store".
    package static func wrapping(_ error: any Error, doing what: String) -> HansardError {
        if let error = error as? HansardError { return error }
        let code = ErrorCode(of: error)
        if let error = error as? RecordError { return HansardError(error) }
        let path = (error as? LMDBError)?.path ?? (error as? SystemError)?.path
        let (how, advice): (String, Advice?) =
            switch code {
            case .damagedFile: ("failed on a damaged page", .verify)
            case .noPermission: ("is not permitted", .checkPermissions)
            case .full: ("failed because the disk or the map is full", .freeSpace(path: nil))
            case .notAStore:
                ("failed because the file does not exist", error is LMDBError ? .nameStore : nil)
            default: ("failed", nil)
            }
        return HansardError(
            code, "\(what) \(how)", advice: advice, path: path, underlying: error)
    }
}
