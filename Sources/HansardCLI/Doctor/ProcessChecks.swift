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
            "raise the limit (ulimit -v, systemd's LimitAS), because maps are smaller under it, and "
                + "a full map refuses appends")
    }

    /// The memory that the tail, the queue and a flush take at their bounds.
    private static let memoryBytesMin = 256 << 20

    var memory: DoctorCheck {
        guard let bytes = containerMemoryBytes else {
            return .ok("memory", "no limit of a container")
        }
        let finding = "the container may take \(Figures.bytes(bytes))"
        if bytes < Self.memoryBytesMin {
            return .warn(
                "memory", finding,
                "give the container \(Figures.bytes(Self.memoryBytesMin)) or lower the store's Settings"
            )
        }
        return .ok("memory", finding)
    }

    var versions: DoctorCheck { .ok("versions", ProgramVersion.text) }
}
