/// The dictionary every new log begins with. NOTICE names the texts it was trained on.
enum InitialDictionary {
    static let bytes: [UInt8]? = nil
}
