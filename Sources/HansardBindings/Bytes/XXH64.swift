/// The 64-bit xxHash, from its published specification: a fast checksum against accidents.
///
/// It is not cryptographic: anyone can make collisions. About 10 GB/s; allocates nothing.
/// A value type: copies continue independently, and may move between threads.
public struct XXH64: Sendable {
    private var lanes: XXH64Lanes
    private let seed: UInt64
    private var total: UInt64 = 0
    /// The start of the next 32-byte stripe; always fewer than 32 bytes between calls.
    private var pending: [UInt8] = []

    /// Begins an incremental hash; allocates 32 bytes once.
    public init(seed: UInt64) {
        self.seed = seed
        lanes = XXH64Lanes(seed: seed)
        pending.reserveCapacity(32)
    }

    /// The hash of a whole span.
    public static func hash(_ span: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
        // The buffer is read within its bounds, in the closure that lends it.
        unsafe span.withUnsafeBytes { buffer in
            var lanes = XXH64Lanes(seed: seed)
            let whole = buffer.count & ~31
            var at = 0
            while at < whole {
                unsafe lanes.consume(buffer, at: at)
                at += 32
            }
            let start =
                buffer.count >= 32 ? lanes.merged : seed &+ XXH64Lanes.prime5
            return unsafe XXH64Lanes.finish(
                start &+ UInt64(buffer.count), UnsafeRawBufferPointer(rebasing: buffer[whole...]))
        }
    }

    /// Adds bytes to the hash. The result does not depend on how the input was cut up.
    public mutating func update(_ span: Span<UInt8>) {
        total &+= UInt64(span.count)
        var at = 0
        if !pending.isEmpty {
            while pending.count < 32 && at < span.count {
                pending.append(span[at])
                at += 1
            }
            guard pending.count == 32 else { return }
            consumePending()
        }
        // Whole stripes are read in place: `next + 32 <= count` keeps each read in bounds.
        at = unsafe span.withUnsafeBytes { buffer in
            var next = at
            while next + 32 <= buffer.count {
                unsafe lanes.consume(buffer, at: next)
                next += 32
            }
            return next
        }
        while at < span.count {
            pending.append(span[at])
            at += 1
        }
    }

    /// The hash of everything added so far; more may be added afterwards.
    public func digest() -> UInt64 {
        let start = total >= 32 ? lanes.merged : seed &+ XXH64Lanes.prime5
        // The buffer is read within its bounds, in the closure that lends it.
        return unsafe pending.withUnsafeBytes { unsafe XXH64Lanes.finish(start &+ total, $0) }
    }

    private mutating func consumePending() {
        // The stripe is exactly 32 bytes: the caller filled it.
        unsafe pending.withUnsafeBytes { unsafe lanes.consume($0, at: 0) }
        pending.removeAll(keepingCapacity: true)
    }
}

/// The four accumulators of XXH64 and the arithmetic of its specification.
struct XXH64Lanes: Sendable {
    static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    var a, b, c, d: UInt64

    init(seed: UInt64) {
        a = seed &+ Self.prime1 &+ Self.prime2
        b = seed &+ Self.prime2
        c = seed
        d = seed &- Self.prime1
    }

    /// Mixes in the 32 bytes at `offset`, which the caller has checked to be there.
    @inline(__always)
    mutating func consume(_ buffer: UnsafeRawBufferPointer, at offset: Int) {
        a = unsafe Self.round(a, Self.word(buffer, offset))
        b = unsafe Self.round(b, Self.word(buffer, offset + 8))
        c = unsafe Self.round(c, Self.word(buffer, offset + 16))
        d = unsafe Self.round(d, Self.word(buffer, offset + 24))
    }

    var merged: UInt64 {
        var h = Self.rotate(a, 1) &+ Self.rotate(b, 7) &+ Self.rotate(c, 12) &+ Self.rotate(d, 18)
        h = Self.merge(h, a)
        h = Self.merge(h, b)
        h = Self.merge(h, c)
        return Self.merge(h, d)
    }

    /// Mixes in the last bytes, fewer than 32, and scrambles the result.
    static func finish(_ start: UInt64, _ tail: UnsafeRawBufferPointer) -> UInt64 {
        var h = start
        var at = 0
        while at + 8 <= tail.count {
            h = unsafe rotate(h ^ round(0, word(tail, at)), 27) &* prime1 &+ prime4
            at += 8
        }
        if at + 4 <= tail.count {
            let half = unsafe UInt32(
                littleEndian: tail.loadUnaligned(fromByteOffset: at, as: UInt32.self))
            h = rotate(h ^ (UInt64(half) &* prime1), 23) &* prime2 &+ prime3
            at += 4
        }
        while at < tail.count {
            h = unsafe rotate(h ^ (UInt64(tail[at]) &* prime5), 11) &* prime1
            at += 1
        }
        h = (h ^ (h >> 33)) &* prime2
        h = (h ^ (h >> 29)) &* prime3
        return h ^ (h >> 32)
    }

    @inline(__always)
    private static func word(_ buffer: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inline(__always)
    private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
        rotate(lane &+ input &* prime2, 31) &* prime1
    }

    @inline(__always)
    private static func merge(_ h: UInt64, _ lane: UInt64) -> UInt64 {
        (h ^ round(0, lane)) &* prime1 &+ prime4
    }

    @inline(__always)
    private static func rotate(_ x: UInt64, _ n: UInt64) -> UInt64 {
        x &<< n | x &>> (64 - n)
    }
}
