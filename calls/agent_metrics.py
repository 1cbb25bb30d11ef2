"""The metrics of agents: ratios of sums of `AgentTally` columns. Time in states is split over intervals. Pure."""

from calls.metric import Metric

_ON_CONTACT = ("on_call_s", "on_hold_s", "wrap_up_s")
_ONLINE = ("available_s", "ringing_s", *_ON_CONTACT, "paused_s")


def _agents(
    name: str, title: str, unit: str, meaning: str, source: str, above: tuple[str, ...], below: tuple[str, ...] = ()
) -> Metric:
    return Metric(name, title, unit, meaning, source, above, below, "agent15")


AGENT_METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        _agents("handled", "Handled", "legs", "Conversations that ended", "Trunkline", ("handled",)),
        _agents("from_queue", "From a queue", "legs", "Of handled: out of a queue", "Trunkline", ("from_queue",)),
        _agents("dialled", "Dialled", "legs", "Of handled: begun by the agent", "Trunkline", ("dialled",)),
        _agents(
            "missed", "Missed rings", "rings", "Rings that the agent did not answer", "app_queue's RINGNOANSWER",
            ("missed",),
        ),
        _agents("transferred", "Transferred", "legs", "Of handled: sent on", "Trunkline", ("transferred",)),
        _agents("online_s", "Logged in", "s", "Time in any state but offline", "Amazon Connect", _ONLINE),
        _agents(
            "on_contact_s", "On contact", "s", "Time on calls, on hold and in wrap-up; calls at once count once",
            "Amazon Connect, Agent on contact time", _ON_CONTACT,
        ),
        _agents(
            "occupancy", "Occupancy", "ratio", "Time on contact, of that and the time available",
            "Amazon Connect", _ON_CONTACT, (*_ON_CONTACT, "available_s"),
        ),
        _agents(
            "utilisation", "Utilisation", "ratio", "Time on contact, of the time logged in, breaks and all",
            "TechTarget", _ON_CONTACT, _ONLINE,
        ),
        _agents(
            "availability", "Availability", "ratio", "Time available, of the time logged in", "The reference guide",
            ("available_s",), _ONLINE,
        ),
        _agents(
            "agent_non_response", "Non-response", "ratio", "Missed rings, of missed and calls handled from a queue",
            "Amazon Connect, Agent non-response", ("missed",), ("missed", "from_queue"),
        ),
        _agents(
            "agent_aht", "Handle time", "s", "Talk, hold and time in wrap-up per handled call",
            "Amazon Connect, historical AHT", ("talk_s", "hold_s", "wrap_up_s"), ("handled",),
        ),
        _agents(
            "agent_call_duration", "Call duration", "s", "Mean of talk and hold", "The reference guide",
            ("talk_s", "hold_s"), ("handled",),
        ),
        _agents("agent_talk", "Talk", "s", "Mean conversation", "Trunkline", ("talk_s",), ("handled",)),
        _agents("agent_hold", "Hold", "s", "Mean time on hold", "Trunkline", ("hold_s",), ("handled",)),
        _agents(
            "agent_wrap", "Wrap-up", "s", "Time in wrap-up per handled call", "Trunkline", ("wrap_up_s",), ("handled",)
        ),
        _agents("hold_rate", "Held", "ratio", "With hold, of handled", "Trunkline", ("held",), ("handled",)),
        _agents(
            "transfer_rate", "Transfers", "ratio", "Sent on, of handled", "Amazon Connect, Contacts transferred out",
            ("transferred",), ("handled",),
        ),
        _agents(
            "transfer_rate_queue", "Into queues", "ratio", "Sent into a queue, of handled",
            "Amazon Connect, Contacts transferred out queue", ("transferred_queue",), ("handled",),
        ),
        _agents(
            "transfer_rate_internal", "Internal", "ratio", "Sent to another agent or an agent's extension, of handled",
            "Amazon Connect, Contacts transferred out internal", ("transferred_internal",), ("handled",),
        ),
        _agents(
            "transfer_rate_external", "External", "ratio", "Sent anywhere else, of handled",
            "Amazon Connect, Contacts transferred out external", ("transferred_external",), ("handled",),
        ),
        _agents("mos", "Sound", "MOS", "Mean MOS of the legs that have one", "E-model", ("mos_sum",), ("mos_legs",)),
    )
}  # fmt: skip
