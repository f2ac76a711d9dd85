public import Hansard
public import HansardRecords

extension EventFilter.Mention {
    /// An agent: the events of its own stream, and those whose data name it.
    public static func agent(_ id: Identifier) -> EventFilter.Mention {
        EventFilter.Mention(
            stream: ChatEvents.stream(agent: id),
            fields: ["agent_id", "source_agent_id", "target_agent_id", "agents"])
    }
}
