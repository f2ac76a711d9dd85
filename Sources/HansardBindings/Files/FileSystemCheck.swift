#if canImport(Glibc)
    internal import CLinux
    internal import Glibc
#else
    internal import Darwin
#endif

/// The kind of file system a path is on: LMDB's locks and map work only on local ones.
public struct FileSystemCheck: Sendable, Equatable {
    /// True if another machine or a user process serves the file system.
    public enum Kind: Sendable, Equatable {
        /// A disk or memory of this machine, as far as is known.
        case local
        /// A network or user-space file system, by name: LMDB is not safe there.
        case network(String)
    }

    /// Local or network.
    public let kind: Kind
    /// True if it is mounted read-only.
    public let isReadOnly: Bool

    /// Asks the system about the file system `path` is on. Wraps `statfs`; macOS always answers
    /// local.
    public static func check(_ path: String) throws(SystemError) -> FileSystemCheck {
        #if os(Linux)
            var status = statfs()
            // `status` is a local the call fills in.
            try system("statfs", path) { unsafe statfs(path, &status) }
            let readOnlyFlag = 1  // ST_RDONLY
            return FileSystemCheck(
                kind: kind(magic: UInt32(truncatingIfNeeded: status.f_type)),
                isReadOnly: Int(status.f_flags) & readOnlyFlag != 0)
        #else
            return FileSystemCheck(
                kind: .local, isReadOnly: access(path, W_OK) != 0 && errno == EROFS)
        #endif
    }

    /// Only the kind. See `check(_:)`.
    public static func kind(of path: String) throws(SystemError) -> Kind { try check(path).kind }

    /// The numbers are those of `linux/magic.h` and the file systems' own sources.
    static func kind(magic: UInt32) -> Kind {
        switch magic {
        case 0x6969: .network("NFS")
        case 0x517B: .network("SMB")
        case 0xFE53_4D42: .network("SMB2")
        case 0xFF53_4D42: .network("CIFS")
        case 0x0102_1997: .network("9p")
        case 0x6573_5546: .network("FUSE")
        case 0x6573_5543: .network("FUSE control")
        case 0x5346_414F: .network("AFS")
        case 0x7375_7245: .network("Coda")
        case 0x564C: .network("NCP")
        case 0x00C3_6400: .network("Ceph")
        case 0x0BD0_0BD0: .network("Lustre")
        case 0x0116_1970: .network("GFS2")
        case 0x7461_636F: .network("OCFS2")
        case 0x786F_4256: .network("VirtualBox shared folder")
        case 0xBACB_ACBC: .network("VMware shared folder")
        default: .local
        }
    }
}
