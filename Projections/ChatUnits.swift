public import Hansard

/// The projection units of the chat domain, as every Hansard store of it keeps them.
public enum ChatUnits {
    public static let all = [
        ProjectionUnit(name: "sessions", version: 1, projections: [Sessions()]),
        ProjectionUnit(name: "messages", version: 1, projections: [MessagesBySession()]),
    ]
}
