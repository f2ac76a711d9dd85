public import Hansard

/// The projection units of the chat domain, as every Hansard store of it keeps them.
public enum ChatUnits {
    public static let all = [
        ProjectionUnit(name: "records", version: 1, projections: [Revisions(), History()]),
        ProjectionUnit(name: "agents", version: 1, projections: [Agents()]),
        ProjectionUnit(name: "sessions", version: 2, projections: [Sessions()]),
        ProjectionUnit(name: "messages", version: 2, projections: [MessagesBySession()]),
        ProjectionUnit(name: "agent_messages", version: 1, projections: [MessagesByAgent()]),
        ProjectionUnit(name: "contexts", version: 2, projections: [Contexts()]),
        ProjectionUnit(name: "tasks", version: 2, projections: [Tasks()]),
        ProjectionUnit(name: "showings", version: 1, projections: [Showings()]),
    ]
}
