public import Hansard
public import HansardRecords

/// Lists that are asked for in the same way now (`ReadView`) and as of a moment (`PastView`); their
/// functions say what each costs.
public protocol RecordLists {
    func taskPage(
        ofSession id: Identifier, includingCompleted: Bool, limit: Int, after cursor: PageCursor?
    ) throws -> Page<ChatRecord>
    func taskPage(
        ofAgent id: Identifier, status: String?, limit: Int, after cursor: PageCursor?
    ) throws -> Page<ChatRecord>
    func taskPage(
        status: String?, limit: Int, after cursor: PageCursor?
    ) throws -> Page<ChatRecord>

    func contexts(ofSession id: Identifier, unexpiredAt now: Instant?) throws -> [ChatRecord]
    func contexts(
        sharedWith target: Identifier, session: Identifier?, source: Identifier?,
        unexpiredAt now: Instant?
    ) throws -> [ChatRecord]
    func contexts(
        sharedBy source: Identifier, session: Identifier?, unexpiredAt now: Instant?
    ) throws -> [ChatRecord]
    func contexts(limit: Int, unexpiredAt now: Instant?) throws -> [ChatRecord]
}

extension ReadView: RecordLists {}
