import Foundation
import Hansard
import HansardBindings
import HansardRecords
import Synchronization
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

/// A chat store in a directory of its own, removed when the test is done with it.
final class ChatFixture {
    let path: String
    let chat: Chat

    init(_ change: (inout Store.Settings) -> Void = { _ in }) throws {
        path = NSTemporaryDirectory() + "hansard-chat-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var settings = Store.Settings()
        settings.flushAge = .seconds(3_600)
        change(&settings)
        try Store.create(at: path + "/store")
        chat = try Chat.open(path + "/store", settings: settings)
    }

    deinit {
        try? chat.store.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    func session(_ id: String, at time: String = "2025-01-01T00:00:00Z", title: String = "t") throws
    {
        let record = try Record([("title", .string(title)), ("created_at", .string(time))])
        _ = try chat.store.appendBlocking(ChatEvents.sessionCreated(Identifier(id), record))
    }

    func message(_ id: String, in session: String, at time: String = "2025-01-01T00:00:00Z") throws
    {
        _ = try chat.store.appendBlocking(
            ChatEvents.messageCreated(Lines.record(id, session, time)))
    }

    func read<Result>(_ body: (ReadView) throws -> Result) throws -> Result {
        try chat.store.read(body)
    }

    var positions: UInt64 { get throws { try read { $0.position.rawValue } } }

    /// Imports bytes as they would stand in a file.
    func importing(
        _ bytes: [UInt8], keepingGoing: Bool = false
    ) async throws -> (report: ImportReport, failures: [ImportFailure]) {
        let file = "\(path)/input-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let failures = Failures()
        var options = Importer.Options()
        options.keepsGoing = keepingGoing
        options.onFailure = { failures.add($0) }
        let report = try await Importer(into: chat, options: options).run(ImportSource(path: file))
        return (report, failures.all)
    }

    func importing(
        _ text: String, keepingGoing: Bool = false
    ) async throws -> (report: ImportReport, failures: [ImportFailure]) {
        try await importing(Array(text.utf8), keepingGoing: keepingGoing)
    }

    private final class Failures: Sendable {
        private let list = Mutex<[ImportFailure]>([])
        var all: [ImportFailure] { list.withLock { $0 } }
        func add(_ failure: ImportFailure) { list.withLock { $0.append(failure) } }
    }
}

/// Lines of an import.
enum Lines {
    static func record(_ id: String, _ session: String, _ time: String) throws -> Record {
        try Record([
            ("message_uuid", .string(id)), ("session_id", .string(session)),
            ("created_at", .string(time)), ("type", .string("text")),
        ])
    }

    static func session(_ id: String, title: String = "t") -> String {
        #"{"op":"create_session","session_id":"\#(id)","title":"\#(title)","created_at":"2025-01-01T00:00:00Z"}"#
    }

    static func message(_ id: String, in session: String, text: String = "hi") -> String {
        #"{"op":"create_message","message_uuid":"\#(id)","session_id":"\#(session)","#
            + #""parts":[{"text":"\#(text)"}],"created_at":"2025-01-02T00:00:00Z"}"#
    }

    static func agent(_ id: String, name: String) -> String {
        #"{"op":"register_agent","agent_id":"\#(id)","name":"\#(name)","created_at":"2025-01-01T00:00:00Z"}"#
    }

    /// A session and its messages.
    static func sample(messages: Int) -> [String] {
        [session("s1")] + (1...messages).map { message("m\($0)", in: "s1", text: "text \($0)") }
    }
}

func code(_ body: () throws -> Void) -> ErrorCode? {
    do {
        try body()
        return nil
    } catch {
        return ErrorCode(of: error)
    }
}
