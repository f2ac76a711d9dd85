import Foundation
import HansardBindings
import HansardTesting
import Testing

@Suite struct EnvironmentTests {
    @Test func aSecondOpeningInOneProcessIsRefused() throws {
        let directory = try TemporaryDirectory()
        let link = directory.path + "-link"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: directory.path)
        defer { try? FileManager.default.removeItem(atPath: link) }
        let first = try Environment(directory: directory.path)
        for path in [directory.path, directory.path + "/.", link] {
            let error = #expect(throws: LMDBError.self) { try Environment(directory: path) }
            #expect(error?.code == .alreadyOpen)
            let shared = #expect(throws: LMDBError.self) { try Environment.shared(directory: path) }
            #expect(shared?.code == .alreadyOpen)
        }
        first.close()
        try Environment(directory: link).close()
    }

    @Test func sharedAnswersTheSameObjectUntilTheLastHolderLetsGo() throws {
        let directory = try TemporaryDirectory()
        var one: Environment? = try Environment.shared(directory: directory.path)
        var two: Environment? = try Environment.shared(directory: directory.path + "/")
        #expect(one === two)
        one?.close()
        one = nil
        #expect(try two?.openDatabase("still open", create: true) != nil)
        #expect(throws: LMDBError.self) { try Environment(directory: directory.path) }
        two = nil
        try Environment(directory: directory.path).close()
    }

    @Test func sharingFromManyThreadsNeverOpensTwice() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        let failures = ConditionLock(0)
        let threads = try (0..<4).map { number in
            try DedicatedThread(name: "opener \(number)") {
                for _ in 0..<50 {
                    do {
                        let environment = try Environment.shared(directory: path)
                        try environment.read { _ in }
                    } catch { failures.withLock { $0 += 1 } }
                }
            }
        }
        threads.forEach { $0.join() }
        #expect(failures.withLock { $0 } == 0)
    }

    @Test func closingTwiceIsHarmless() throws {
        let directory = try TemporaryDirectory()
        let environment = try Environment(directory: directory.path)
        environment.close()
        environment.close()
    }

    @Test func misuseOfAClosedEnvironmentStopsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            let environment = try Environment(directory: TemporaryDirectory().path)
            environment.close()
            try environment.read { _ in }
        }
        await #expect(processExitsWith: .failure) {
            let environment = try Environment(directory: TemporaryDirectory().path)
            try environment.read { _ in environment.close() }
        }
    }

    @Test func databasesAreFoundByNameAndKind() throws {
        let fixture = try Fixture()
        #expect(try fixture.environment.openDatabase("none", create: false) == nil)
        #expect(try fixture.environment.openDatabase("bytes", create: false) == fixture.bytes)
        let error = #expect(throws: LMDBError.self) {
            try fixture.environment.openDatabase("bytes", integerKeys: true, create: true)
        }
        #expect(error?.code == .incompatible)
    }

    @Test func aReadOnlyEnvironmentReadsAndRefusesToWrite() throws {
        let directory = try TemporaryDirectory()
        var options = Environment.Options()
        options.isReadOnly = true
        #expect(throws: LMDBError.self) {
            try Environment(directory: directory.path, options: options)
        }
        let writer = try Environment(directory: directory.path)
        let database = try #require(try writer.openDatabase("a", create: true))
        try writer.write { try $0.put([2].span, for: [1].span, in: database) }
        writer.close()
        let reader = try Environment(directory: directory.path, options: options)
        defer { reader.close() }
        let same = try #require(try reader.openDatabase("a", create: false))
        #expect(try reader.read { try $0.get(bytes: [1], from: same) } == [2])
        let error = #expect(throws: LMDBError.self) { try reader.write { _ in } }
        #expect(error?.code == .permissionDenied)
    }

    @Test func informationAndStatisticsAddUp() throws {
        let fixture = try Fixture()
        try fixture.environment.write { txn in
            for key in 0..<500 as Range<UInt64> {
                try txn.append(noise(100).span, integerKey: key, to: fixture.integers)
            }
        }
        let environment = fixture.environment
        let information = environment.information()
        #expect(information.mapSize == 1 << 40)
        #expect(information.maxReaders == 512)
        #expect(information.lastTransactionID == environment.lastTransactionID)
        #expect(try FileSystem.size(of: fixture.directory.dataFile) >= information.usedBytes)
        try environment.read { txn in
            let numbers = try environment.statistics(fixture.integers, in: txn)
            #expect(numbers.entries == 500)
            #expect(numbers.liveBytes > 50_000)
            let all = try [
                fixture.bytes, fixture.integers, environment.mainDatabase, environment.freeDatabase,
            ]
            .map { try environment.statistics($0, in: txn).pages }.reduce(2, +)
            #expect(all <= information.lastPage + 1)
        }
        #expect(try environment.checkReaders() == 0)
        try environment.sync()
    }

    @Test func filesGetTheirModes() throws {
        let fixture = try Fixture()
        func mode(_ name: String) throws -> Int? {
            let path = fixture.directory.path + "/" + name
            return try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode("data.mdb") == 0o640)
        #expect(try mode("lock.mdb") == 0o660)
    }

    @Test func theDataFileIsNotInheritedByChildren() throws {
        let fixture = try Fixture()
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sh")
        child.arguments = ["-c", "ls -l /proc/self/fd"]
        let pipe = Pipe()
        child.standardOutput = pipe
        try child.run()
        let listing = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.waitUntilExit()
        #expect(!listing.contains(fixture.directory.path))
    }
}

@Suite struct DataFileCheckTests {
    private func closedEnvironment() throws -> TemporaryDirectory {
        let fixture = try Fixture()
        for number in 0..<5 { try fixture.put("key \(number)", "value") }
        fixture.environment.close()
        return fixture.directory
    }

    private func failure(_ directory: TemporaryDirectory) -> DataFileFailure? {
        do {
            try Environment(directory: directory.path).close()
            return nil
        } catch {
            return error.dataFileFailure
        }
    }

    @Test func aSoundFilePasses() throws {
        let directory = try closedEnvironment()
        let summary = try DataFileCheck.check(directory.dataFile)
        #expect(summary.transactionID == 7 && summary.pageSize == 4_096)
        #expect(failure(directory) == nil)
    }

    @Test func aFileWithoutItsBeginningIsRefused() throws {
        let directory = try closedEnvironment()
        for length in [9_000, 8_192, 8_191, 4_300, 4_096, 151, 1] {
            try directory.rewrite { $0.removeLast($0.count - length) }
            #expect(failure(directory) != nil)
        }
        try directory.rewrite { $0 = [] }
        #expect(throws: DataFileFailure.empty) { try DataFileCheck.check(directory.dataFile) }
    }

    /// LMDB leaves pages taken and freed in one transaction unwritten at the end of the file.
    @Test func aLargeValuePutAndDeletedLeavesAFileThatOpens() throws {
        let fixture = try Fixture()
        for size in [300_000, 700_000, 1_500_000] {
            try fixture.environment.write { txn in
                try txn.put(
                    [UInt8](repeating: 1, count: size).span, for: [1].span, in: fixture.bytes)
                try txn.delete([1].span, from: fixture.bytes)
            }
        }
        fixture.environment.close()
        #expect(failure(fixture.directory) == nil)
    }

    @Test func otherFilesAreRefused() throws {
        let directory = try TemporaryDirectory()
        try Data(noise(20_000)).write(to: URL(fileURLWithPath: directory.dataFile))
        #expect(failure(directory) == .notLMDB)
        try Data(count: 20_000).write(to: URL(fileURLWithPath: directory.dataFile))
        #expect(failure(directory) == .notLMDB)
        #expect(throws: DataFileFailure.unreadable(code: ENOENT)) {
            try DataFileCheck.check(directory.path + "/none")
        }
    }

    @Test func anotherVersionIsNamed() throws {
        let directory = try closedEnvironment()
        try directory.rewrite { $0[20] = 2 }
        #expect(failure(directory) == .otherVersion(found: 2, supported: 1))
    }

    @Test(arguments: [(16, 0), (4_096 + 16, 1), (40, 0), (4_096 + 40, 1)])
    func oneDamagedMetaIsNamed(_ offset: Int, _ page: Int) throws {
        let directory = try closedEnvironment()
        try directory.rewrite { $0[offset] ^= 0x01 }
        #expect(failure(directory) == .oneMetaDamaged(page: page))
    }

    @Test func bothMetasDamagedIsSaid() throws {
        let directory = try closedEnvironment()
        try directory.rewrite { for offset in [40, 4_096 + 40] { $0[offset] ^= 0x01 } }
        #expect(failure(directory) == .damaged)
    }

    /// A flip that would make LMDB go back to the snapshot before.
    @Test(arguments: 0..<6) func aFlippedTransactionNumberIsNoticed(_ byte: Int) throws {
        let directory = try closedEnvironment()
        try directory.rewrite { $0[144 + byte] ^= 0x40 }
        #expect(failure(directory) == .damaged)
    }

    /// A hole in it would end the process when the disk is full.
    @Test(arguments: [1, 2, 100, 512, 1_000])
    func theLockFileHasItsBlocksAndTheReadersAskedFor(readers: Int) throws {
        let directory = try TemporaryDirectory()
        var options = Environment.Options()
        options.maxReaders = readers
        for _ in 0..<2 {
            let environment = try Environment(directory: directory.path, options: options)
            #expect(environment.information().maxReaders == readers)
            environment.close()
            var status = stat()
            #expect(unsafe stat("\(directory.path)/lock.mdb", &status) == 0)
            #expect(Int(status.st_size) == 128 + 64 * readers)
            #expect(Int(status.st_blocks) * 512 >= Int(status.st_size))
            #expect(status.st_mode & 0o777 == 0o660)
        }
    }
}
