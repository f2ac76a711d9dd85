import Hansard
import HansardChat
import HansardRecords

extension ContractComparison {
    mutating func compareSessions() throws {
        let wanted = model.list(.session)
        for direction in [Direction.forwards, .backwards] {
            let limit = 1 + random.below(4)
            var found: [SessionSummary] = []
            var cursor: PageCursor?
            repeat {
                let page = try view.sessions(limit: limit, after: cursor, direction)
                found += page.items
                cursor = page.next
            } while cursor != nil
            expect(positions(found.map(\.session)), directed(wanted, direction), "the sessions")
            for summary in found {
                let count = model.messages(ofSession: summary.id).count
                expect(summary.messagesCount, count, "the count in the list of \(summary.id)")
            }
        }
        let skip = random.below(wanted.count + 2)
        let page = try view.sessions(limit: 3, skip: skip).items.map(\.session)
        let part = directed(wanted, .backwards).dropFirst(skip).prefix(3)
        expect(positions(page), Array(part), "the sessions after \(skip)")
    }

    // MARK: Messages

    mutating func compareMessages(_ id: Identifier) throws {
        let wanted = model.messages(ofSession: id)
        expect(try view.messagesCount(ofSession: id), wanted.count, "the count of \(id)")
        for direction in [Direction.forwards, .backwards] {
            for usesID in [false, true] {
                let found = try paged(id, direction, usesID: usesID)
                expect(
                    positions(found), directed(wanted, direction),
                    "the messages of \(id) \(direction), \(usesID ? "by id" : "by cursor")")
                let shown = direction == .forwards ? wanted : wanted.reversed()
                expect(found.map(\.fields), shown.map(model.shown), "the content of \(id)")
            }
            try comparePart(id, wanted, direction)
        }
    }

    /// All pages of a session, by the cursor of the page before or by the id of its last message.
    private mutating func paged(
        _ id: Identifier, _ direction: Direction, usesID: Bool
    ) throws -> [ChatRecord] {
        let limit = 1 + random.below(20)
        var found: [ChatRecord] = []
        var cursor: String?
        repeat {
            let page = try view.messagePage(
                ofSession: id, limit: limit, cursor: cursor, direction)
            found += page.items
            cursor = page.next?.text
            if cursor != nil, usesID { cursor = page.items.last?.fields.string("message_uuid") }
        } while cursor != nil
        return found
    }

    /// One page after a time or a message, hidden ones too, with a skip.
    private mutating func comparePart(
        _ id: Identifier, _ wanted: [ModelContract.Entry], _ direction: Direction
    ) throws {
        guard let session = model.present(.session, id) else { return }
        let all = model.entries.filter { $0.session == session.position && $0.kind == .message }
        guard !all.isEmpty else { return }
        let from = random.pick(all)
        let (skip, limit) = (random.below(3), random.below(6))
        let isByTime = random.chance(50)
        let cursor = isByTime ? from.fields.string("created_at") : from.id.text
        let behind = wanted.filter { message in
            if isByTime {
                return direction == .forwards
                    ? message.created > from.created : message.created < from.created
            }
            let place = (message.created, message.position)
            let start = (from.created, from.position)
            return direction == .forwards ? place > start : place < start
        }
        let page = try view.messagePage(
            ofSession: id, limit: limit, skip: skip, cursor: cursor, direction)
        let part = directed(behind, direction).dropFirst(skip).prefix(limit)
        expect(
            positions(page.items), Array(part),
            "the messages of \(id) \(direction) after \(cursor ?? "")")
        expect(page.total, wanted.count, "the total of \(id)")
    }

    mutating func compareMessages(ofAgent id: Identifier) throws {
        let wanted = model.list(.message) { $0.has("agent_id", id) }
        for direction in [Direction.forwards, .backwards] {
            let limit = 1 + random.below(20)
            var found: [ChatRecord] = []
            var cursor: PageCursor?
            repeat {
                let page = try view.messages(
                    ofAgent: id, limit: limit, after: cursor, direction)
                found += page.items
                cursor = page.next
            } while cursor != nil
            expect(positions(found), directed(wanted, direction), "the messages of agent \(id)")
            let shown = direction == .forwards ? wanted : wanted.reversed()
            expect(found.map(\.fields), shown.map(model.shown), "their content")
        }
    }

    // MARK: Contexts and tasks

    func compareContexts() throws {
        let agents = ids(.agent)
        for id in agents {
            for (role, field) in [
                (ContextRole.target, "target_agent_id"), (.source, "source_agent_id"),
            ] {
                let wanted = model.list(.context) { $0.has(field, id) }
                let found = try view.contexts(ofAgent: id, as: role)
                expect(positions(found), directed(wanted, .backwards), "the contexts \(role) \(id)")
                expect(found.map(\.fields), wanted.reversed().map(model.shown), "their content")
            }
        }
        for session in ids(.session) {
            for now in [nil, now] {
                let wanted = model.list(.context) {
                    $0.has("session_id", session) && !(now.map($0.isExpired) ?? false)
                }
                let found = try view.contexts(ofSession: session, unexpiredAt: now)
                expect(
                    positions(found), directed(wanted, .backwards), "the contexts of \(session)")
                for (target, source) in zip(agents, agents.reversed()) {
                    let shared = try view.contexts(
                        sharedWith: target, session: session, source: source, unexpiredAt: now)
                    let part = wanted.filter {
                        $0.has("target_agent_id", target) && $0.has("source_agent_id", source)
                    }
                    expect(
                        positions(shared), directed(part, .backwards),
                        "the contexts of \(session) to \(target) from \(source)")
                }
            }
        }
    }

    func compareTasks() throws {
        let statuses = [nil, "pending", "in_progress", "completed", "failed", "cancelled"]
        for status in statuses {
            func isWanted(_ entry: ModelContract.Entry) -> Bool {
                status == nil || entry.fields.string("status") == status
            }
            for id in ids(.agent) {
                let wanted = model.list(.task) { $0.agents.contains(id) && isWanted($0) }
                expect(
                    positions(try view.tasks(ofAgent: id, status: status)),
                    directed(wanted, .backwards), "the tasks of \(id), \(status ?? "all")")
            }
            expect(
                positions(try view.tasks(status: status, limit: 5)),
                Array(directed(model.list(.task, where: isWanted), .backwards).prefix(5)),
                "the tasks, \(status ?? "all")")
        }
        for id in ids(.session) {
            let all = model.list(.task) { $0.session == model.present(.session, id)?.position }
            let open = all.filter {
                !["completed", "cancelled"].contains($0.fields.string("status"))
            }
            for (entries, isAll) in [(all, true), (open, false)] {
                let found = try view.tasks(ofSession: id, includingCompleted: isAll)
                expect(positions(found), directed(entries, .backwards), "the tasks of \(id)")
                expect(found.map(\.fields), entries.reversed().map(model.shown), "their content")
            }
        }
    }
}
