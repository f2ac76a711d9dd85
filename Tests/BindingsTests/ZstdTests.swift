import HansardBindings
import HansardTesting
import Testing

@Suite struct ZstdTests {
    private func compressed(
        _ bytes: [UInt8], _ dictionary: CompressionDictionary? = nil
    ) throws -> [UInt8] {
        var compressor = try Compressor(level: 3)
        var out: [UInt8] = []
        try compressor.compress(bytes.span, dictionary: dictionary, appendingTo: &out)
        return out
    }

    private func decompressed(
        _ frame: [UInt8], _ length: Int, _ dictionary: DecompressionDictionary? = nil
    ) throws -> [UInt8] {
        var decompressor = try Decompressor()
        return try decompressor.decompress(frame.span, dictionary: dictionary, exactly: length)
    }

    @Test(arguments: [0, 1, 100, 131_072, 1_000_000, 16 << 20])
    func roundTrips(_ count: Int) throws {
        let repetitive = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 100) }
        #expect(try decompressed(compressed(repetitive), count) == repetitive)
        let random = noise(min(count, 1_000_000))
        #expect(try decompressed(compressed(random), random.count) == random)
    }

    @Test func oneContextServesManyRecordsAndAppends() throws {
        var compressor = try Compressor(level: 3)
        var decompressor = try Decompressor()
        for count in [500, 10, 0, 200_000, 3] {
            var out: [UInt8] = [1, 2, 3]
            let data = noise(count)
            try compressor.compress(data.span, dictionary: nil, appendingTo: &out)
            #expect(out.starts(with: [1, 2, 3]))
            let frame = Array(out[3...])
            #expect(throws: ZstdError.self) {
                try decompressor.decompress(
                    Array(frame.dropLast()).span, dictionary: nil, exactly: count)
            }
            let back = try decompressor.decompress(frame.span, dictionary: nil, exactly: count)
            #expect(back == data)
        }
    }

    @Test func framesCarryNoMagicNumber() throws {
        #expect(try !compressed(noise(100)).starts(with: [0x28, 0xB5, 0x2F, 0xFD]))
    }

    @Test func lengthsOtherThanPromisedAreRefused() throws {
        let bomb = try compressed([UInt8](repeating: 0, count: 4 << 20))
        #expect(bomb.count < 2_000)
        for length in [0, 1, 1_000, (4 << 20) - 1, (4 << 20) + 1] {
            #expect(throws: ZstdError.self) { try decompressed(bomb, length) }
        }
    }

    @Test func whatFollowsTheFrameIsRefused() throws {
        let data = noise(50)
        let frame = try compressed(data)
        let empty = try compressed([])
        #expect(throws: ZstdError.self) { try decompressed(frame + [0], 50) }
        #expect(throws: ZstdError.self) { try decompressed(frame + empty, 50) }
        #expect(throws: ZstdError.self) { try decompressed(frame + frame, 100) }
        #expect(throws: ZstdError.self) { try decompressed([], 0) }
    }

    @Test func damageNeverCrashes() throws {
        let data = Array("the same words, the same words, the same words again".utf8)
        let frame = try compressed(data)
        for bit in 0..<(frame.count * 8) {
            var bad = frame
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            if let out = try? decompressed(bad, data.count) { #expect(out.count == data.count) }
        }
    }

    private func samples(_ word: String) -> [[UInt8]] {
        (0..<2_000).map { index in
            Array(
                #"{"\#(word)":\#(index * 7919),"author":"u\#(index % 37)","kind":"\#(word)"}"#.utf8)
        }
    }

    @Test func aTrainedDictionaryHelpsAndTheWrongOneDoesNotPass() throws {
        let samples = samples("message")
        let trained = try DictionaryTrainer.train(samples: samples, capacityBytes: 4_096, level: 3)
        let other = try DictionaryTrainer.train(
            samples: self.samples("unrelated"), capacityBytes: 2_048, level: 3)
        #expect(trained.count <= 4_096)
        let record = samples[77]
        let dictionary = try CompressionDictionary(trained, level: 3)
        let frame = try compressed(record, dictionary)
        let plain = try compressed(record)
        #expect(frame.count < plain.count / 2)
        let back = try decompressed(frame, record.count, DecompressionDictionary(trained))
        #expect(back == record)
        for wrong in [nil, try DecompressionDictionary(other)] {
            #expect((try? decompressed(frame, record.count, wrong)) != record)
        }
        #expect(throws: ZstdError.self) { try decompressed(frame, record.count, nil) }
    }

    @Test func tooFewSamplesAreAnError() {
        #expect(throws: ZstdError.self) {
            try DictionaryTrainer.train(samples: [[1, 2, 3]], capacityBytes: 1_000, level: 3)
        }
    }
}

@Suite struct ZstdStreamTests {
    private func stream(_ data: [UInt8], cut: Int) throws -> [UInt8] {
        var compressor = try StreamCompressor(level: 3)
        var out: [UInt8] = []
        for start in stride(from: 0, to: data.count, by: cut) {
            try compressor.write(
                Array(data[start..<min(start + cut, data.count)]).span, appendingTo: &out)
        }
        try compressor.finish(appendingTo: &out)
        return out
    }

    @Test(arguments: [1, 7, 1_000, 1 << 20])
    func anyCutGivesTheSameBytes(_ cut: Int) throws {
        let data = noise(3_000) + [UInt8](repeating: 5, count: 400_000)
        let file = try stream(data, cut: 9_999) + stream(noise(10, seed: 3), cut: 3)
        var decompressor = try StreamDecompressor()
        var out: [UInt8] = []
        for start in stride(from: 0, to: file.count, by: cut) {
            try decompressor.decompress(
                Array(file[start..<min(start + cut, file.count)]).span, appendingTo: &out)
        }
        #expect(out == data + noise(10, seed: 3))
        do {
            let inside = decompressor.isInsideFrame
            #expect(!inside)
        }
    }

    @Test func truncationAnywhereIsNoticed() throws {
        let file = try stream(noise(300), cut: 100)
        for length in 1..<file.count {
            var decompressor = try StreamDecompressor()
            var out: [UInt8] = []
            try decompressor.decompress(Array(file[..<length]).span, appendingTo: &out)
            do {
                let inside = decompressor.isInsideFrame
                #expect(inside)
            }
        }
        var decompressor = try StreamDecompressor()
        var out: [UInt8] = []
        do {
            let inside = decompressor.isInsideFrame
            #expect(!inside)
        }
        try decompressor.decompress(file.span, appendingTo: &out)
        do {
            let inside = decompressor.isInsideFrame
            #expect(!inside)
        }
        #expect(out == noise(300))
    }

    @Test func garbageAndBombsAreErrors() throws {
        var out: [UInt8] = []
        #expect(throws: ZstdError.self) {
            var decompressor = try StreamDecompressor()
            try decompressor.decompress(noise(100).span, appendingTo: &out)
        }
        let bomb = try stream([UInt8](repeating: 0, count: 8 << 20), cut: 1 << 20)
        #expect(throws: ZstdError.self) {
            var decompressor = try StreamDecompressor(maximumOutput: 1 << 20)
            try decompressor.decompress(bomb.span, appendingTo: &out)
        }
        #expect(out.count < 2 << 20)
    }
}
