/// SipHash-2-4: a keyed hash an outsider cannot aim collisions at without knowing the key.
///
/// About 1.5 ns per byte and 20 ns per call; allocates nothing. A value, free to move between
/// threads.
public struct SipHash: Sendable {
    private let k0: UInt64
    private let k1: UInt64

    /// A hash function under the 128-bit key of which `k0` is the first eight bytes, read
    /// little-endian.
    public init(k0: UInt64, k1: UInt64) {
        self.k0 = k0
        self.k1 = k1
    }

    /// The 64-bit hash of a span under this key.
    public func hash(_ span: Span<UInt8>) -> UInt64 {
        var state = State(k0: k0, k1: k1)
        let whole = span.count & ~7
        var at = 0
        while at < whole {
            state.absorb(Bytes.loadLittleEndian(span, at: at, as: UInt64.self))
            at += 8
        }
        var last = UInt64(truncatingIfNeeded: span.count) &<< 56
        while at < span.count {
            last |= UInt64(span[at]) &<< UInt64(8 * (at - whole))
            at += 1
        }
        state.absorb(last)
        return state.finish()
    }

    /// The four words of SipHash, as the paper names them.
    private struct State {
        var v0, v1, v2, v3: UInt64

        init(k0: UInt64, k1: UInt64) {
            v0 = k0 ^ 0x736f_6d65_7073_6575
            v1 = k1 ^ 0x646f_7261_6e64_6f6d
            v2 = k0 ^ 0x6c79_6765_6e65_7261
            v3 = k1 ^ 0x7465_6462_7974_6573
        }

        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        mutating func finish() -> UInt64 {
            v2 ^= 0xff
            for _ in 0..<4 { round() }
            return v0 ^ v1 ^ v2 ^ v3
        }

        @inline(__always)
        private mutating func round() {
            v0 &+= v1
            v1 = Self.rotate(v1, 13) ^ v0
            v0 = Self.rotate(v0, 32)
            v2 &+= v3
            v3 = Self.rotate(v3, 16) ^ v2
            v0 &+= v3
            v3 = Self.rotate(v3, 21) ^ v0
            v2 &+= v1
            v1 = Self.rotate(v1, 17) ^ v2
            v2 = Self.rotate(v2, 32)
        }

        @inline(__always)
        private static func rotate(_ x: UInt64, _ n: UInt64) -> UInt64 {
            x &<< n | x &>> (64 - n)
        }
    }
}
