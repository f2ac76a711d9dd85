#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension StandardStream {
    /// Width of the terminal in columns; nil when it is none or does not say. Wraps `ioctl`.
    public var terminalColumns: Int? {
        guard isTerminal else { return nil }
        var size = winsize()
        // `size` is a local the call fills in.
        let code = unsafe ioctl(rawValue, UInt(TIOCGWINSZ), &size)
        return code == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }
}

/// The variables of the process's environment.
public enum ProcessEnvironment {
    /// The value of a variable; nil when it is not set or empty. Wraps `getenv`.
    public static subscript(_ name: String) -> String? {
        // The C string lasts until the variable is set again, which this program never does.
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
