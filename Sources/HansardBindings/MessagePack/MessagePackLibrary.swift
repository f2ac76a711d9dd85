internal import CMessagePack

/// The MessagePack library in use.
public enum MessagePackLibrary {
    /// Its version, such as "4.0.0". Wraps `msgpack_version`.
    public static var version: String {
        // It answers a static C string.
        unsafe String(cString: msgpack_version())
    }
}
