internal import CLMDB

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension Environment {
    /// Makes the data file as long as its newest meta page says, after a commit.
    ///
    /// LMDB does not write pages that a transaction took at the end of the file and freed again,
    /// such as those of a large value put and deleted: the file then ends before its last page,
    /// healthy but looks like a truncated one. Rare; costs one `fstat` when there is
    /// nothing to do. A failure is left to the next commit: everything committed is in the file
    /// already.
    func completeDataFile() {
        #if canImport(Glibc)
            let information = information()
            var descriptor: Int32 = -1
            var status = stat()
            // The environment is open, and both results are locals the calls fill in.
            guard unsafe mdb_env_get_fd(pointer, &descriptor) == MDB_SUCCESS,
                unsafe fstat(descriptor, &status) == 0, Int(status.st_size) < information.usedBytes
            else { return }
            // Allocating never shortens the file nor changes a byte, whatever other writers do.
            let offset = information.lastPage * information.pageSize
            if posix_fallocate(descriptor, off_t(offset), off_t(information.pageSize)) == 0 {
                fdatasync(descriptor)
            }
        #endif
    }
}
