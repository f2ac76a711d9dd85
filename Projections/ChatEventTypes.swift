public import Hansard

/// The event types of the chat domain. Stable names: they are in every log.
/// docs/EVENTS.md says what each one's data hold.
public enum ChatEventTypes {
    public static let agentRegistered = EventType("agent.registered")
    public static let agentUpdated = EventType("agent.updated")

    public static let sessionCreated = EventType("session.created")
    public static let sessionUpdated = EventType("session.updated")
    public static let sessionTrimmed = EventType("session.trimmed")
    public static let sessionDeleted = EventType("session.deleted")

    public static let messageCreated = EventType("message.created")
    public static let messageEdited = EventType("message.edited")
    public static let messageRedacted = EventType("message.redacted")

    /// In the stream `system/redactions`: a redacted message's text was shown to someone.
    public static let redactedShown = EventType("redacted.shown")

    public static let contextShared = EventType("context.shared")
    public static let contextUpdated = EventType("context.updated")
    public static let contextExtended = EventType("context.extended")
    public static let contextExpired = EventType("context.expired")

    public static let taskCreated = EventType("task.created")
    public static let taskUpdated = EventType("task.updated")
    public static let taskLinked = EventType("task.linked")

    /// Every one of them.
    public static let all = [
        agentRegistered, agentUpdated, sessionCreated, sessionUpdated, sessionTrimmed,
        sessionDeleted, messageCreated, messageEdited, messageRedacted, contextShared,
        contextUpdated, contextExtended, contextExpired, taskCreated, taskUpdated, taskLinked,
    ]
}
