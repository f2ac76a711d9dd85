import Foundation
import HansardBindings
import HansardTesting
import Testing

@Suite struct FileSystemTests {
    @Test func aNewFileIsPrivateAndNeverReplaced() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/key"
        try FileSystem.writeNewFile(path, noise(100_000).span)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(noise(100_000)))
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let error = #expect(throws: SystemError.self) {
            try FileSystem.writeNewFile(path, [1].span)
        }
        #expect(error?.isAlreadyThere == true)
        #expect(try FileSystem.size(of: path) == 100_000)
    }

    @Test func renamingReplacesAndKeepsTheIdentity() throws {
        let directory = try TemporaryDirectory()
        let (a, b) = (directory.path + "/a", directory.path + "/b")
        for path in [a, b] { try Data().write(to: URL(fileURLWithPath: path)) }
        let identity = try FileSystem.identity(of: a)
        #expect(try FileSystem.identity(of: b) != identity)
        try FileSystem.rename(a, to: b)
        #expect(try FileSystem.identity(of: b) == identity)
        #expect(throws: SystemError.self) { try FileSystem.identity(of: a) }
        try FileSystem.synchroniseFile(b)
        try FileSystem.synchroniseDirectory(directory.path)
    }

    #if os(Linux)
        /// The refused operation is reported, not what was tried because of it.
        @Test func aFileThatCantBeRemovedIsNamed() {
            let error = #expect(throws: SystemError.self) {
                try FileSystem.removeTree("/proc/self/ns")
            }
            #expect(error?.call == "unlink" && error?.path?.hasPrefix("/proc/self/ns/") == true)
        }
    #endif

    @Test func theTemporaryDirectoryIsLocalAndHasRoom() throws {
        let directory = try TemporaryDirectory()
        #expect(try FileSystemCheck.check(directory.path) == FileSystemCheck.check("/tmp"))
        #expect(try FileSystemCheck.kind(of: directory.path) == .local)
        #expect(try !FileSystemCheck.check(directory.path).isReadOnly)
        #expect(try FileSystem.freeBytes(at: directory.path) > 1 << 20)
        #expect(throws: SystemError.self) { try FileSystemCheck.check("/none/such") }
    }

    @Test func parents() {
        #expect(FileSystem.parent(of: "/a/b") == "/a")
        #expect(FileSystem.parent(of: "/a/b/") == "/a")
        #expect(FileSystem.parent(of: "/a") == "/")
        #expect(FileSystem.parent(of: "a") == ".")
    }
}

@Suite struct SystemTests {
    @Test func clocksAdvanceAndRandomBytesDiffer() {
        let before = SystemClock.monotonicMicroseconds
        while SystemClock.monotonicMicroseconds == before {}
        #expect(SystemClock.monotonicMicroseconds > before)
        let seconds = Date().timeIntervalSince1970
        #expect(abs(Double(SystemClock.wallMicroseconds) / 1e6 - seconds) < 5)
        #expect(SystemRandom.bytes(32) != SystemRandom.bytes(32))
        #expect(SystemRandom.bytes(1_000).count == 1_000 && SystemRandom.bytes(0) == [])
        #expect(ProcessIdentity.processID == getpid())
    }

    @Test func aDedicatedThreadIsAnotherThreadAndJoins() throws {
        let seen = ConditionLock<UInt64>(0)
        let thread = try DedicatedThread(name: "a name of more than 15 bytes") {
            seen.withLock { $0 = ProcessIdentity.threadID }
        }
        thread.join()
        thread.join()
        let other = seen.withLock { $0 }
        #expect(other != 0 && other != ProcessIdentity.threadID)
    }

    @Test func waitingEndsWhenTheConditionHolds() throws {
        let queue = ConditionLock<[Int]>([])
        let thread = try DedicatedThread(name: "producer") {
            for number in 0..<100 {
                queue.withLock { $0.append(number) }
                queue.signal()
            }
        }
        var got: [Int] = []
        while got.count < 100 {
            got += queue.wait(
                until: { !$0.isEmpty },
                then: { items in
                    defer { items = [] }
                    return items
                })
        }
        thread.join()
        #expect(got == Array(0..<100))
    }

    @Test func aTimedWaitEnds() {
        let lock = ConditionLock(0)
        let start = SystemClock.monotonicMicroseconds
        let held = lock.wait(microseconds: 20_000, until: { $0 == 1 }, then: { $1 })
        #expect(!held)
        #expect(SystemClock.monotonicMicroseconds - start >= 20_000)
        #expect(lock.wait(microseconds: 0, until: { $0 == 0 }, then: { $1 }))
    }
}
