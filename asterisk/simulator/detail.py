"""Call detail records: the Cdr events of a channel, one for each destination that it had.

Job: tell a channel's finished segments as Asterisk does.
Contract: to be told when the channel ends, shortly before or after its Hangup. It must not choose or change anything.
"""

from asterisk.simulator.pbx import Pbx, seconds_text
from asterisk.simulator.world import Call, Channel, Segment


def detail_records(pbx: Pbx, call: Call) -> None:
    """The records of a queue call's caller, and those of who was handed over."""
    for segment in call.segments:
        exten, context = call.destination
        segment.data = segment.data or f"{call.queue.name},tTxXk,,,{call.queue.max_wait_s}"
        detail_record(pbx, call.caller, segment, (exten, context), f"queue-{call.queue.name}")
    if call.handed_to is not None and call.leg is not None:
        _handed_over(pbx, call, call.leg)


def _handed_over(pbx: Pbx, call: Call, leg: Channel) -> None:
    """An agent who takes over has a record of their own, without duration, towards the agent who let go."""
    first, second = call.segments[-2:]
    data = Segment(second.start_us, first.destination, end_us=second.start_us, application=leg.application)
    data.data = leg.data
    detail_record(pbx, leg, data, (leg.exten, leg.context))


def detail_record(pbx: Pbx, channel: Channel, segment: Segment, to: tuple[str, str], user_field: str = "") -> None:
    """One record of a channel; `to`: the extension and context that it had dialled."""
    end_us = segment.end_us or pbx.now_us
    answered_us = segment.start_us if segment.answered_us is None else segment.answered_us
    start, answer, end = (us // 1_000_000 for us in (segment.start_us, answered_us, end_us))
    pbx.emit(
        "Cdr",
        f"AccountCode: \r\nSource: {channel.num}\r\nDestination: {to[0]}\r\nDestinationContext: {to[1]}\r\n"
        f'CallerID: "{channel.caller}" <{channel.num}>\r\nChannel: {channel.name}\r\n'
        f"DestinationChannel: {segment.destination}\r\nLastApplication: {segment.application}\r\n"
        f"LastData: {segment.data}\r\nStartTime: {seconds_text(start)}\r\n"
        f"AnswerTime: {seconds_text(answer) if answer else ''}\r\nEndTime: {seconds_text(end)}\r\n"
        f"Duration: {(end_us - segment.start_us) // 1_000_000}\r\nBillableSeconds: {end - answer if answer else 0}\r\n"
        f"Disposition: {segment.disposition}\r\nAMAFlags: DOCUMENTATION\r\nUniqueID: {channel.uniqueid}\r\n"
        f"UserField: {user_field}\r\n",
    )
