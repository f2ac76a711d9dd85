import HansardBindings

/// Every name and number of the stored layout. docs/FORMAT.md explains each.
package enum Layout {
    /// Version of the log's format. A store with a higher one is refused.
    package static let formatVersion: UInt64 = 1

    static let logDirectory = "log"
    static func indexDirectory(generation: UInt64) -> String {
        "\(indexPrefix)\(generation)"
    }
    private static let indexPrefix = "index-"
    /// A generation that is being built, or was when its process ended.
    static let buildingSuffix = ".building"
    /// A generation that is being removed.
    static let droppedSuffix = ".dropped"
    /// The signing key; and the latest checkpoint with the public keys.
    package static let keysDirectory = "keys"
    package static let checkpointsDirectory = "checkpoints"
    /// Locked by the process that builds, switches or removes generations.
    static let generationsLock = "generations.lock"

    /// The number of a whole generation by the name of its directory; nil for any other name.
    package static func generation(ofDirectory name: String) -> UInt64? {
        guard name.hasPrefix(indexPrefix),
            let number = UInt64(name.dropFirst(indexPrefix.utf8.count)), number > 0
        else { return nil }
        return indexDirectory(generation: number) == name ? number : nil
    }

    /// True if a directory is what interrupted work on a generation left.
    package static func isLeftover(_ name: String) -> Bool { generation(ofLeftover: name) != nil }

    /// The number of the generation that a directory is left of; nil for any other name.
    static func generation(ofLeftover name: String) -> UInt64? {
        for suffix in [buildingSuffix, droppedSuffix] where name.hasSuffix(suffix) {
            return generation(ofDirectory: String(name.dropLast(suffix.utf8.count)))
        }
        return nil
    }

    // Sub-databases of the log.
    package static let events = "events"
    package static let dictionaries = "dictionaries"
    package static let meta = "meta"

    // Keys of `meta`.
    static let metaFormat = "format"
    static let metaLogID = "log_id"
    static let metaHashKey = "hash_key"
    static let metaGeneration = "index_generation"
    static let metaGenerationMax = "index_generation_max"
    static let metaCreatedAt = "created_at"
    static let metaAncestry = "ancestry"
    /// Operators' acts that wait to be recorded: before 8 bytes, big-endian, in their order.
    static let metaActPrefix = "act."

    // Sub-databases of the index that are no unit's tables.
    static let durablePositions = "checkpoints"
    static let idFilters = "core.id_filters"
    static let indexMeta = "meta"

    /// No event is larger, whatever the settings: what a header claims beyond it is damage.
    package static let eventBytesHardMax = 64 << 20

    /// LMDB's limit for keys.
    static let keyBytesMax = 511

    /// True if LMDB can have a row under these bytes.
    static func isKey(_ key: Span<UInt8>) -> Bool { (1...keyBytesMax).contains(key.count) }

    static let headerFixedBytes = 24
    /// Bytes of the largest header: fixed part, three varints, clock and key id.
    static let headerBytesMax = headerFixedBytes + 3 * 10 + 8 + 4
}
