"""How well it sounded: RTCP reports during a call and the summary variables at its end.

Job: the RTCPSent and RTCPReceived events of a leg, and the RTPAUDIOQOS variables.
Contract: packet counts follow from the time (one packet of 160 bytes in 20 ms); loss and jitter are the channel's own.
It must not: measure anything. MES here is a straight line through what real reports showed, not the E-model.
"""

from typing import Final

from asterisk.simulator.pbx import Pbx
from asterisk.simulator.world import Channel

PACKET_US: Final = 20_000
BEST_MES: Final = 88.1
"""G.711 without loss or jitter."""
FAR: Final = "127.0.0.2:20001"
NEAR: Final = "127.0.0.1:13203"


def give_line(pbx: Pbx, channel: Channel) -> None:
    """Decide how good a channel's line is: one in twenty loses packets."""
    channel.ssrc = pbx.random.getrandbits(32)
    channel.loss = pbx.random.uniform(0.01, 0.06) if pbx.random.random() < 0.05 else 0.0
    channel.jitter_ms = pbx.random.uniform(4, 12) if channel.loss else pbx.random.uniform(0.1, 3)


def report(pbx: Pbx, channel: Channel) -> None:
    """One RTCP interval: what Asterisk tells the phone it has received, and what the phone tells Asterisk."""
    packets = (pbx.now_us - channel.created_us) // PACKET_US
    mes = f"MES: {BEST_MES - 120 * channel.loss:.1f}\r\n"
    theirs = channel.ssrc ^ 0x5A5A5A5A
    sent = _sender(pbx, channel.ssrc, packets, mes) + _received(theirs, channel.loss, packets, channel.jitter_ms)
    pbx.emit("RTCPSent", channel.block(), f"To: {FAR}\r\nFrom: {NEAR}\r\n", sent)
    heard = _sender(pbx, theirs, packets, mes) + _received(channel.ssrc, 0.0, packets, channel.jitter_ms / 2)
    pbx.emit("RTCPReceived", channel.block(), f"To: {NEAR}\r\nFrom: {FAR}\r\nRTT: 0.0031\r\n", heard)


def _sender(pbx: Pbx, ssrc: int, packets: int, mes: str) -> str:
    return (
        f"{mes}SSRC: 0x{ssrc:08x}\r\nPT: 200(SR)\r\nReportCount: 1\r\nSentNTP: {pbx.now_us / 1_000_000:.6f}\r\n"
        f"SentRTP: {packets * 160}\r\nSentPackets: {packets}\r\nSentOctets: {packets * 160}\r\n"
    )


def _received(ssrc: int, loss: float, packets: int, jitter_ms: float) -> str:
    return (
        f"Report0SourceSSRC: 0x{ssrc:08x}\r\nReport0FractionLost: {round(loss * 256)}\r\n"
        f"Report0CumulativeLost: {round(loss * packets)}\r\nReport0HighestSequence: {packets % 65_536}\r\n"
        f"Report0SequenceNumberCycles: {packets // 65_536}\r\nReport0IAJitter: {round(jitter_ms * 8)}\r\n"
        "Report0LSR: 0\r\nReport0DLSR: 0.0000\r\n"
    )


def quality_variables(pbx: Pbx, channel: Channel, bridged: Channel | None = None) -> None:
    """The summary of a leg when it ends, on its own channel and, while bridged, on the other one too."""
    channel.summed_up = True
    for name, value in _summary(pbx, channel):
        pbx.set_variable(channel, f"RTPAUDIOQOS{name}", value)
        if bridged is not None:
            pbx.set_variable(bridged, f"RTPAUDIOQOS{name}BRIDGED", value)


def _summary(pbx: Pbx, channel: Channel) -> tuple[tuple[str, str], ...]:
    packets = (pbx.now_us - channel.created_us) // PACKET_US
    lost, jitter, mes = round(channel.loss * packets), channel.jitter_ms / 1000, BEST_MES - 120 * channel.loss
    total = (
        f"ssrc={channel.ssrc};themssrc={channel.ssrc ^ 0x5A5A5A5A};lp={lost};rxjitter={jitter:.6f};"
        f"rxcount={packets - lost};txjitter={jitter / 2:.6f};txcount={packets};rlp=0;rtt=0.003100;"
        f"rxmes={mes:.6f};txmes={BEST_MES:.6f}"
    )
    return (
        ("", total),
        ("JITTER", _spread("jitter", jitter, jitter / 2)),
        ("LOSS", _spread("lost", lost, 0)),
        ("RTT", "".join(f"     {part}rtt=000.003100;" for part in ("min", "max", "avg", "stdev"))),
        ("MES", _spread("mes", mes, BEST_MES)),
    )


def _spread(name: str, received: float, sent: float) -> str:
    parts = [
        f"{part}{way}{name}={value:010.6f};"
        for way, value in (("rx", received), ("tx", sent))
        for part in ("min", "max", "avg", "stdev")
    ]
    return "".join(parts)
