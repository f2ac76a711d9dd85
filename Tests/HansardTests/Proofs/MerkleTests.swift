import Hansard
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// The tree as RFC 6962, section 2.1, defines it: slow, and nothing like the product's way.
enum NaiveTree {
    static func root(_ leaves: ArraySlice<[UInt8]>) -> MerkleHash {
        if leaves.isEmpty { return .sha256([UInt8]().span) }
        if leaves.count == 1 { return .sha256(([0] + leaves[leaves.startIndex]).span) }
        let middle = split(leaves)
        return .sha256(([1] + root(leaves[..<middle]).bytes + root(leaves[middle...]).bytes).span)
    }

    static func path(_ number: Int, _ leaves: ArraySlice<[UInt8]>) -> [MerkleHash] {
        if leaves.count <= 1 { return [] }
        let middle = split(leaves)
        return number < middle - leaves.startIndex
            ? path(number, leaves[..<middle]) + [root(leaves[middle...])]
            : path(number - (middle - leaves.startIndex), leaves[middle...]) + [
                root(leaves[..<middle])
            ]
    }

    static func consistency(_ old: Int, _ leaves: ArraySlice<[UInt8]>, isWhole: Bool = true)
        -> [MerkleHash]
    {
        if old == leaves.count { return isWhole ? [] : [root(leaves)] }
        let middle = split(leaves)
        let left = middle - leaves.startIndex
        return old <= left
            ? consistency(old, leaves[..<middle], isWhole: isWhole) + [root(leaves[middle...])]
            : consistency(old - left, leaves[middle...], isWhole: false) + [root(leaves[..<middle])]
    }

    /// Behind the largest power of two that is smaller than the number of leaves.
    private static func split(_ leaves: ArraySlice<[UInt8]>) -> Int {
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        return leaves.startIndex + half
    }
}

func hash(hex: String) throws -> MerkleHash {
    var bytes: [UInt8] = []
    var rest = Substring(hex)
    while !rest.isEmpty {
        bytes.append(try #require(UInt8(rest.prefix(2), radix: 16)))
        rest = rest.dropFirst(2)
    }
    let hash = MerkleHash(bytes.span)
    return try #require(hash)
}

@Suite struct MerkleTests {
    /// The eight leaves that Certificate Transparency's implementations share as test vectors.
    static let vectorLeaves: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], Array(0x40...0x43), Array(0x50...0x57),
        Array(0x60...0x6f),
    ]
    static let vectorRoots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test func rootsAreThoseOfTheSharedVectors() throws {
        var range = CompactRange()
        #expect(range.root == (try hash(hex: Self.vectorRoots[0])))
        for (leaf, root) in zip(Self.vectorLeaves, Self.vectorRoots.dropFirst()) {
            range.append(.leaf(leaf.span))
            #expect(range.root == (try hash(hex: root)))
        }
    }

    /// The paths RFC 6962, section 2.1.3, spells out for a tree of seven leaves, d0 to d6.
    @Test func theExamplesOfTheRFCHold() throws {
        let leaves = (0...6).map { [UInt8($0)] }
        let (a, b, c, d) = (leaf(leaves[0]), leaf(leaves[1]), leaf(leaves[2]), leaf(leaves[3]))
        let (e, f, j) = (leaf(leaves[4]), leaf(leaves[5]), leaf(leaves[6]))
        let (g, h, i): (MerkleHash, MerkleHash, MerkleHash) = (
            .node(a, b), .node(c, d), .node(e, f)
        )
        let (k, l): (MerkleHash, MerkleHash) = (.node(g, h), .node(i, j))
        let root = MerkleHash.node(k, l)
        for (number, path) in [(0, [b, h, l]), (3, [c, g, l]), (4, [f, j, k]), (6, [i, k])] {
            #expect(
                MerkleProofs.verifyInclusion(
                    of: leaf(leaves[number]), at: UInt64(number), inTreeOf: 7, root: root,
                    path: path))
        }
        let hash0 = MerkleHash.node(g, c)
        let hash2 = MerkleHash.node(k, i)
        for (size, old, path) in [(3, hash0, [c, d, g, l]), (4, k, [l]), (6, hash2, [i, j, k])] {
            #expect(
                MerkleProofs.verifyConsistency(
                    from: UInt64(size), root: old, to: 7, root: root, path: path))
        }
    }

    private func leaf(_ bytes: [UInt8]) -> MerkleHash { .leaf(bytes.span) }

    /// Every proof of every tree of up to 40 leaves holds, and with anything changed it does not.
    @Test func proofsHoldAsTheyAreAndNoOtherWay() {
        let seed = Seed.current()
        var random = SeededGenerator(seed: seed.value)
        var leaves: [[UInt8]] = []
        var range = CompactRange()
        for size in 1...40 {
            leaves.append(
                (0..<random.below(80)).map { _ in UInt8(random.below(256)) } + [UInt8(size)])
            range.append(leaf(leaves[size - 1]))
            let root = NaiveTree.root(leaves[...])
            #expect(range.root == root, "\(size) leaves: \(seed.repeating("MerkleTests"))")
            for number in 0..<size {
                let path = NaiveTree.path(number, leaves[...])
                let isFine = isIncluded(leaves[number], number, size, root, path)
                #expect(isFine, "leaf \(number) of \(size): \(seed.repeating("MerkleTests"))")
                let other = random.below(size)
                #expect(other == number || !isIncluded(leaves[number], other, size, root, path))
                for broken in broken(path, &random) {
                    #expect(!isIncluded(leaves[number], number, size, root, broken))
                }
            }
            for old in 0...size {
                let path = old == 0 ? [] : NaiveTree.consistency(old, leaves[...])
                let oldRoot = NaiveTree.root(leaves[..<old])
                #expect(
                    isConsistent(old, oldRoot, size, root, path),
                    "\(old) of \(size): \(seed.repeating("MerkleTests"))")
                #expect(!isConsistent(old, .leaf([9].span), size, root, path))
                for broken in broken(path, &random) {
                    #expect(!isConsistent(old, oldRoot, size, root, broken))
                }
            }
        }
    }

    private func isIncluded(
        _ leaf: [UInt8], _ number: Int, _ size: Int, _ root: MerkleHash, _ path: [MerkleHash]
    ) -> Bool {
        MerkleProofs.verifyInclusion(
            of: .leaf(leaf.span), at: UInt64(number), inTreeOf: UInt64(size), root: root, path: path
        )
    }

    private func isConsistent(
        _ old: Int, _ oldRoot: MerkleHash, _ new: Int, _ root: MerkleHash, _ path: [MerkleHash]
    ) -> Bool {
        MerkleProofs.verifyConsistency(
            from: UInt64(old), root: oldRoot, to: UInt64(new), root: root, path: path)
    }

    /// A hash too many, one too few, one replaced.
    private func broken(_ path: [MerkleHash], _ random: inout SeededGenerator) -> [[MerkleHash]] {
        var all = [path + [MerkleHash.emptyRoot]]
        if path.isEmpty { return all }
        all.append(Array(path.dropLast()))
        var replaced = path
        let index = random.below(path.count)
        replaced[index] = .node(path[index], path[index])
        all.append(replaced)
        return all
    }

    @Test func whatIsBeyondTheTreeIsNotInIt() {
        #expect(!isIncluded([1], 1, 1, .leaf([1].span), []))
        #expect(!isIncluded([1], 0, 0, .emptyRoot, []))
        #expect(!isConsistent(2, .leaf([1].span), 1, .leaf([1].span), []))
    }

    /// Byte for byte what docs/FORMAT.md says; roots that were signed depend on it for ever.
    @Test func theLeafNeverChanges() throws {
        let payload = MerkleHash.sha256([0x80].span)
        let leaf = EventLeaf(
            position: Position(0x0102), recordedMicroseconds: 0x0304_0506, revision: Revision(300),
            payload: payload)
        let expected: [UInt8] =
            [1, 2, 1, 0, 0, 0, 0, 0, 0, 6, 5, 4, 3, 0, 0, 0, 0] + payload.bytes + [0xAC, 0x02]
        #expect(leaf.bytes == expected)
        let hash = MerkleHash.sha256(([0] + expected).span)
        #expect(leaf.hash == hash)
        var offset = 0
        let back = EventLeaf.read(expected.span, at: &offset)
        #expect(back == leaf)
        #expect(offset == expected.count)
        for count in 0..<expected.count {
            var offset = 0
            let leaf = EventLeaf.read(expected.span.extracting(0..<count), at: &offset)
            #expect(leaf == nil)
        }
    }

    @Test func base64IsTheOneOfTheRFC() {
        let vectors = [
            "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==",
            "fooba": "Zm9vYmE=",
        ]
        for (plain, text) in vectors {
            #expect(Base64.text(Array(plain.utf8)) == text)
            #expect(Base64.bytes(text) == Array(plain.utf8))
        }
        for text in [
            "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm-_", "Zm9é",
        ] {
            #expect(Base64.bytes(text) == nil, "\(text)")
        }
    }
}
