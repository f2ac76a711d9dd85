public import Hansard

/// The event types of the chat domain. Stable names: they stand in every log.
public enum ChatEventTypes {
    public static let agentRegistered = EventType("agent.registered")
    public static let sessionCreated = EventType("session.created")
    public static let messageCreated = EventType("message.created")
}
