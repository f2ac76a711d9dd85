internal import CInitialDictionary

/// The dictionary every new log begins with, built into the program.
///
/// NOTICE names the texts it was trained on. A log holds its own copy, so that a later version may
/// ship another one.
public enum InitialDictionary {
    /// A copy of the dictionary's bytes.
    public static var bytes: [UInt8] {
        // The array is a constant of that size.
        unsafe [UInt8](
            UnsafeBufferPointer(
                start: hansard_initial_dictionary_bytes(),
                count: hansard_initial_dictionary_size))
    }
}
