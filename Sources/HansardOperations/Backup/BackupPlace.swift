import HansardBindings
import HansardEngine

/// Which directories a store or a backup may not be put into.
extension BackupDirectory {
    /// Refuses a place for a store inside this backup, or any other.
    func checkIsNotAround(_ path: String) throws {
        let own = FileSystem.exists(self.path) ? try FileSystem.identity(of: self.path) : nil
        var place = FileSystem.parent(of: path)
        while FileSystem.exists(place) {
            let found = try FileSystem.identity(of: place)
            if found == own || FileSystem.exists("\(place)/\(BackupManifest.name)") {
                throw HansardError(
                    .invalidArgument,
                    "\(path) is inside a backup, which holds nothing else",
                    advice: .nameOtherDirectory, path: path)
            }
            let above = "\(place)/.."
            if try FileSystem.identity(of: above) == found { return }
            place = above
        }
    }

    /// Refuses to write a backup into the full copies of another.
    func checkIsNoFullCopy() throws {
        let above = FileSystem.parent(of: path)
        let around = "\(above)/.."
        let copies = "\(around)/\(Self.fullCopies)"
        guard FileSystem.exists("\(around)/\(BackupManifest.name)"), FileSystem.exists(copies),
            try FileSystem.identity(of: above) == FileSystem.identity(of: copies)
        else { return }
        throw HansardError(
            .invalidArgument,
            "\(path) is a full copy of a backup, and stays as it is",
            advice: .nameOtherDirectory, path: path)
    }
}
