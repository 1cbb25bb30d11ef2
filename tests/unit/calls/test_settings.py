"""Settings: defaults where nothing is said."""

import pytest

from calls.settings import Administered, AgentSettings, QueueSettings, Settings, decode_administered, overlaid


def test_an_unknown_queue_has_every_default() -> None:
    queue = Settings(default_tenant="acme", service_level_s=30).queue("sales")
    assert queue == QueueSettings("sales", "acme", 0.0, 30, 5.0, 0.8)


def test_a_queue_keeps_what_it_says_itself_even_zero() -> None:
    settings = Settings(wrapup_s=10, queues={"vip": QueueSettings(name="VIP", wrapup_s=0)})
    assert (settings.queue("vip").name, settings.queue("vip").wrapup_s) == ("VIP", 0)


def test_an_unknown_member_is_an_agent_by_its_interface() -> None:
    assert Settings().agent("PJSIP/1001", "Alice") == AgentSettings("PJSIP/1001", "Alice", "default")
    assert Settings().agent("PJSIP/1001").name == "PJSIP/1001"


def test_a_known_agent_has_its_own_name() -> None:
    settings = Settings(agents={"PJSIP/1001": AgentSettings("a-1", "Alice Adams", "north")})
    assert settings.agent("PJSIP/1001", "Alice") == AgentSettings("a-1", "Alice Adams", "north")


@pytest.mark.parametrize(
    ("reason", "wrapping"),
    [("wrap-up", True), ("Wrap-Up", True), (" ACW ", True), ("After Call Work", True), ("lunch", False), ("", False)],
)
def test_which_pauses_are_wrap_up(reason: str, wrapping: bool) -> None:
    assert Settings().is_wrapup(reason) is wrapping


def test_reasons_for_wrap_up_are_a_setting_of_their_own() -> None:
    settings = Settings(wrapup_reasons=("Nacharbeit",))
    assert [settings.is_wrapup(reason) for reason in ("nacharbeit", "wrap-up")] == [True, False]


def test_what_administrators_say_goes_before_the_file_field_by_field() -> None:
    base = Settings(
        wrapup_s=10,
        queues={"a": QueueSettings(name="A", target=0.7), "b": QueueSettings(name="B")},
        agents={"PJSIP/1": AgentSettings("one", "One")},
    )
    said = decode_administered(
        b'{"version": 7, "queues": {"a": {"name": null, "tenant": "north", "wrapup_s": 0}, "c": {"name": "C"}},'
        b' "agents": {"PJSIP/1": {"name": "Uno", "tenant": "north"}}}'
    )
    settings = overlaid(base, said)
    assert settings.queues == {
        "a": QueueSettings("A", "north", 0.0, target=0.7), "b": QueueSettings("B"), "c": QueueSettings("C"),
    }  # fmt: skip
    assert settings.agents == {"PJSIP/1": AgentSettings("one", "Uno", "north")}
    assert settings.wrapup_s == 10
    assert overlaid(base, Administered(1)) == base
