import Synchronization

/// Lends codecs: making one costs a zstd context of some 100 KB, using one again costs a lock.
package final class CodecPool: Sendable {
    /// A codec on its way between threads.
    private struct Parked: @unchecked Sendable {
        // Sendable because only one thread has it at a time: it is taken out of the list under the
        // lock before it is used and put back when its user is done.
        let codec: EventCodec
    }

    private let parked = Mutex<[Parked]>([])
    private let dictionaries: DictionarySet
    private let hasher: IDHasher
    private let upcasters: UpcasterTable
    private let settings: StoreSettings

    /// - Throws: `HansardError` (`invalidArgument`) for upcasters that make no whole chains.
    init(
        dictionaries: DictionarySet, hasher: IDHasher, settings: StoreSettings
    ) throws(HansardError) {
        upcasters = try UpcasterTable(settings.upcasters)
        self.hasher = hasher
        self.dictionaries = dictionaries
        self.settings = settings
    }

    package func with<Result>(_ body: (EventCodec) throws -> Result) throws -> Result {
        let codec =
            try parked.withLock { $0.popLast() }?.codec
            ?? EventCodec(
                dictionaries: dictionaries, hasher: hasher, upcasters: upcasters,
                settings: settings)
        defer {
            let back = Parked(codec: codec)
            parked.withLock { if $0.count < Self.parkedMax { $0.append(back) } }
        }
        return try body(codec)
    }

    private static let parkedMax = 16
}
