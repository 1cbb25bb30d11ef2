"""What a running PBX says when the doctor asks it: all of it, or what a login may ask."""

import socket

from infra.asterisk import RealAsterisk
from infra.asterisk_files import AGENTS
from infra.doctor.pbx_facts import Heard, Way, ask_pbx


def way(asterisk: RealAsterisk, **changes: str) -> Way:
    """How the ingester and the API reach it, unless `changes` say otherwise."""
    host, port = asterisk.ami_address
    login = {"user": asterisk.ami_user, "secret": asterisk.ami_secret}
    acting = {"control_user": asterisk.control_user, "control_secret": asterisk.control_secret}
    return Way(name="pbx1", host=host, port=port, **{**login, **acting, **changes})


async def test_a_real_asterisk_says_all_of_it(asterisk: RealAsterisk) -> None:
    facts = await ask_pbx(way(asterisk))
    assert (facts.system_name, facts.heard) == ("pbx1", Heard(True, timed=True, numbered=True))
    assert facts.version is not None and facts.version.startswith("22.")
    assert facts.clock_s is not None and abs(facts.clock_s) < 1
    assert facts.dialplan is not None and {"pbx-inbound", "pbx-internal", "pbx-outbound"} <= facts.dialplan.contexts
    assert facts.queues is not None and set(facts.queues) == {"2001", "2002", "2003", "2100"}
    assert len([member for member in facts.members if member.queue == "2100"]) >= len(AGENTS)
    assert facts.modules_missing == () and facts.endpoints is not None and "trunk" in facts.endpoints
    assert facts.ingester.actions is not None and "Originate" not in facts.ingester.actions
    assert facts.control.actions is not None and "Originate" in facts.control.actions


async def test_a_wrong_secret_of_one_leaves_the_other_to_ask(asterisk: RealAsterisk) -> None:
    facts = await ask_pbx(way(asterisk, control_secret="wrong-secret"))
    assert "refused" in facts.control.trouble and "wrong-secret" not in repr(facts)
    assert (facts.ingester.trouble, facts.system_name, facts.heard) == ("", "pbx1", None)
    assert facts.modules_missing is None and facts.endpoints is None


async def test_nobody_there_is_said(asterisk: RealAsterisk) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        facts = await ask_pbx(Way("pbx1", *free.getsockname(), "u", "c", "s", "t"))
    assert "cannot connect" in facts.ingester.trouble and "cannot connect" in facts.control.trouble
    assert (facts.version, facts.queues, facts.dialplan) == (None, None, None)
