import Foundation
import HansardRecords
import Testing

/// Interrupts a process once it has printed something, and looks at all it printed: whole lines of
/// JSON, not as many as there would have been, and the status of an interruption.
func expectWholeLines(of process: Process, fewerThan count: Int) throws {
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    var output = pipe.fileHandleForReading.availableData
    process.interrupt()
    output += pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
    #expect(output.last == UInt8(ascii: "\n") && lines.count < count)
    for line in lines { _ = try Record(json: String(line)) }
}
