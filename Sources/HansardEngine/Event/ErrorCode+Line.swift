package import HansardRecords

extension ErrorCode {
    /// True if a line of the input can be to blame for the refusal of its append or command.
    ///
    /// The class alone does not tell: `not_a_store` and `closed` are requests too, and
    /// `generation_changed` is a conflict, but each line after them would fail in the same way.
    package var isAboutTheLine: Bool { Self.faultsOfLines.contains(self) }

    private static let faultsOfLines: Set<ErrorCode> = [
        // The line can't be read, or its record can't be stored.
        .invalidArgument, .invalidJSON, .invalidText, .duplicateKey, .numberOutOfRange, .tooDeep,
        .tooLarge, .invalidRecord, .invalidIdentifier, .invalidTime, .wrongType,
        // The line does not fit what is in the log.
        .notFound, .gone, .wrongExpectedRevision, .idConflict,
    ]
}
