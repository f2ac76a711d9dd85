import Hansard
import HansardBindings
import HansardProjections
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A process that keeps fewer units flushes the core beyond the others.
@Suite struct OtherUnitsTests {
    /// It flushed between another's catching up and its commit, which then folded from the core's
    /// end on and met units that lacked events.
    @Test func aCommitFoldsForEveryUnit() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("store")
        try Store.create(at: path)
        let files = StoreFiles(directory: path, signing: CheckpointSigning())
        let whole = try Store(files: files, units: ChatUnits.all, settings: Store.Settings())
        let bare = try Store(files: files, units: [], settings: Store.Settings())
        var mutations = try RandomMutations(SeededGenerator(seed: 1), pool: 1)
        var model = ModelStore()
        for _ in 0..<40 {
            let append = try mutations.next { _ in nil }
            if case .success = try bare.appendBlocking([append])[0] { try model.follow(bare) }
        }
        try bare.indexWriter.flush()
        let request = AppendQueue.Request(
            append: try whole.prepare(try mutations.next { _ in nil }), answer: { _ in })
        try whole.fold.fold { projector in
            var commit = GroupCommit(
                projector: projector, settings: whole.settings, tree: TreeThread())
            try commit.run([request])
            #expect(commit.answers.count == 1)
        }
        try model.follow(whole)
        let replay = try FreshReplay.contents(of: path)
        let problems = try whole.read { view in
            try TableContents(view).differences(from: replay)
                + ModelComparison.differences(model, view, SeededGenerator(seed: 1))
        }
        #expect(problems == [])
        try whole.close()
        try bare.close()
    }
}

extension ModelStore {
    fileprivate mutating func follow(_ store: Store) throws {
        try store.read { try follow($0) }
    }
}
