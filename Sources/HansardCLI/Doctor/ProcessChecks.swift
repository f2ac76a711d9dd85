import Hansard
import HansardBindings

/// Checks of what this process may take of the machine, and with which libraries.
struct ProcessChecks {
    let openFiles: Int?
    let addressSpaceBytes: Int?
    let containerMemoryBytes: Int?

    static var current: ProcessChecks {
        ProcessChecks(
            openFiles: ProcessLimits.openFiles,
            addressSpaceBytes: ProcessLimits.addressSpaceBytes,
            containerMemoryBytes: ProcessLimits.containerMemoryBytes)
    }

    var all: [DoctorCheck] { [files, addressSpace, memory, versions] }

    var files: DoctorCheck {
        guard let openFiles else { return .ok("open files", "no limit") }
        if openFiles < 64 {
            return .warn(
                "open files", "at most \(openFiles)",
                "raise it: ulimit -n 1024, or systemd's LimitNOFILE")
        }
        return .ok("open files", "at most \(Figures.grouped(openFiles))")
    }

    var addressSpace: DoctorCheck {
        let name = "address space"
        guard let bytes = addressSpaceBytes else { return .ok(name, "no limit") }
        let finding = "at most \(Figures.bytes(bytes)); log and index reserve 1.1 TB each"
        return .warn(
            name, finding,
            "smaller maps are taken, and appends are refused when one is full: lift the limit (ulimit -v, "
                + "systemd's LimitAS)")
    }

    /// The memory that the tail, the queue and a flush take at their bounds.
    private static let memoryBytesMin = 256 << 20

    var memory: DoctorCheck {
        guard let bytes = containerMemoryBytes else { return .ok("memory", "no container's limit") }
        let finding = "the container may take \(Figures.bytes(bytes))"
        if bytes < Self.memoryBytesMin {
            return .warn(
                "memory", finding,
                "give it \(Figures.bytes(Self.memoryBytesMin)) or lower the Settings")
        }
        return .ok("memory", finding)
    }

    var versions: DoctorCheck { .ok("versions", ProgramVersion.text) }
}
