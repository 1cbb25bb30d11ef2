"""An installation's configuration: complete, private, and in agreement with itself."""

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from infra import asterisk_files, migrate
from infra.asterisk_files import AGENTS, PHONES, AsteriskPorts, AsteriskSecrets, Installation
from infra.asterisk_plan import RealtimePlan
from infra.passwords import Passwords
from infra.ports import Ports


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """One whose tree holds nothing but the files that are copied from it."""
    tree = tmp_path / "tree"
    (tree / "etc/asterisk").mkdir(parents=True)
    for name in asterisk_files.DEBIAN_FILES:
        (tree / "etc/asterisk" / name).write_text("[general]\n")
    secrets = AsteriskSecrets(
        "ami-secret", "control-secret", {extension: f"secret-of-{extension}" for extension in PHONES}
    )
    return Installation(
        tree, tmp_path / "pbx", AsteriskPorts(5038, 8088, 5060, 5080, 5090, 5061, 8089), secrets, "berlin1"
    )


def test_ports_and_secrets_are_kept(tmp_path: Path) -> None:
    ports, passwords = Ports(tmp_path / "ports.json"), Passwords(tmp_path / "secrets.json")
    assert AsteriskPorts.claim(ports) == AsteriskPorts.claim(ports)
    secrets = AsteriskSecrets.claim(passwords)
    assert secrets == AsteriskSecrets.claim(passwords)
    assert len({secrets.ami, secrets.control, *secrets.phones.values()}) == 2 + len(PHONES)


def test_repr_shows_no_secret(installation: Installation) -> None:
    shown = repr(installation)
    assert not [secret for secret in (installation.secrets.ami, installation.secrets.control) if secret in shown]
    assert not [secret for secret in installation.secrets.phones.values() if secret in shown]


def test_a_name_without_a_value_is_an_error() -> None:
    assert asterisk_files.fill("bind = @LISTEN@:@SIP_PORT@", {"LISTEN": "h", "SIP_PORT": "1"}) == "bind = h:1"
    with pytest.raises(KeyError):
        asterisk_files.fill("port = @NOBODY_KNOWS@", {})


def test_configuration_says_where_and_who(installation: Installation) -> None:
    files = asterisk_files.rendered(installation)
    assert "port = 5038" in files["manager.conf"]
    assert "secret = ami-secret" in files["manager.conf"]
    assert "bindport = 8088" in files["http.conf"]
    assert "bind = 127.0.0.1:5060" in files["pjsip.conf"]
    assert "contact = sip:127.0.0.2:5080" in files["pjsip.conf"]
    assert "systemname = berlin1" in files["asterisk.conf"]
    assert f"astlogdir => {installation.folder}/log" in files["asterisk.conf"]
    assert all(f"password = secret-of-{extension}" in files["pjsip_phones.conf"] for extension in PHONES)


def test_calls_are_recorded_where_and_if_it_is_said(installation: Installation) -> None:
    plain = asterisk_files.rendered(installation)["recordings.conf"]
    assert "RECORD_QUEUES = no\n" in plain and f"MixMonitor({installation.folder}/spool/recordings/" in plain
    chosen = replace(installation, chosen_spool=installation.folder / "memory", record_queues=True)
    text = asterisk_files.rendered(chosen)["recordings.conf"]
    assert "RECORD_QUEUES = yes\n" in text and f"MixMonitor({installation.folder}/memory/" in text
    asterisk_files.write(chosen)
    assert (installation.folder / "memory").stat().st_mode & 0o777 == 0o700


def test_every_agent_of_the_large_team_has_a_phone_and_a_place_in_the_queue(installation: Installation) -> None:
    files = asterisk_files.rendered(installation)
    assert re.findall(r"contact = sip:(\d+)@127\.0\.0\.3:5090", files["pjsip_agents.conf"]) == list(AGENTS)
    assert re.findall(r"^member => PJSIP/(\d+),", files["queue_agents.conf"], re.MULTILINE) == list(AGENTS)


def test_every_queue_member_has_an_endpoint(installation: Installation) -> None:
    files = asterisk_files.rendered(installation)
    members = set(re.findall(r"^member => PJSIP/(\d+),", files["queues.conf"], re.MULTILINE))
    phones = files["pjsip_phones.conf"]
    endpoints = set(re.findall(r"^\[(\d+)\]\((?:desk|secure|browser)-phone\)", phones, re.MULTILINE))
    assert members <= endpoints == set(PHONES)


def test_included_files_are_there(installation: Installation) -> None:
    files = asterisk_files.rendered(installation)
    included = {name for text in files.values() for name in re.findall(r"^#include (\S+)", text, re.MULTILINE)}
    phones = {"extensions_phones.conf", "pjsip_agents.conf", "pjsip_phones.conf"}
    assert included == phones | {"queue_agents.conf", "recordings.conf"}
    assert included <= files.keys()


def test_manager_users_cannot_take_over_the_machine_and_the_ingester_changes_nothing(
    installation: Installation,
) -> None:
    text = asterisk_files.rendered(installation)["manager.conf"]
    listens, acts = re.findall(r"^write = (.*)$", text, re.MULTILINE)
    assert listens == "reporting"
    assert not {"all", "command", "config", "agi", "dialplan"} & set(acts.split(","))


def test_events_are_timed_and_numbered_and_no_log_takes_them_all(installation: Installation) -> None:
    files = asterisk_files.rendered(installation)
    assert {"timestampevents = yes", "debug = on"} <= set(files["manager.conf"].splitlines())
    lines = [line for line in files["logger.conf"].splitlines() if not line.startswith(";")]
    assert not [line for line in lines if "verbose" in line]


def test_nothing_that_runs_programs_is_loaded(installation: Installation) -> None:
    text = asterisk_files.rendered(installation)["modules.conf"]
    assert "autoload = no" in text
    loaded = set(re.findall(r"^load = (\S+)\.so", text, re.MULTILINE))
    assert not {"app_system", "func_shell", "func_env", "res_agi", "app_externalivr", "pbx_spool"} & loaded


def test_callers_text_is_filtered_before_it_is_used(installation: Installation) -> None:
    text = asterisk_files.rendered(installation)["extensions.conf"]
    headers = re.findall(r".*PJSIP_HEADER.*", text)
    assert headers
    assert all("FILTER(" in line for line in headers)


def test_browser_phones_are_in_the_database_where_there_is_one(installation: Installation) -> None:
    realtime = RealtimePlan.of("postgresql://trunkline_asterisk:p%3Bw@127.0.0.1:5433/trunkline?x=y")
    without, files = (
        asterisk_files.rendered(installation),
        asterisk_files.rendered(replace(installation, realtime=realtime)),
    )
    assert set(files) - set(without) == {"extconfig.conf", "res_pgsql.conf", "sorcery.conf"}
    assert "preload = res_config_pgsql.so" in files["modules.conf"] and "pgsql" not in without["modules.conf"]
    assert "[1101](browser-phone)" in without["pjsip_phones.conf"] and "[1101]" not in files["pjsip_phones.conf"]
    told = {"dbhost = 127.0.0.1", "dbport = 5433", "dbname = trunkline", "dbuser = trunkline_asterisk"}
    assert told | {r"dbpass = p\;w", "dbappname = berlin1"} <= set(files["res_pgsql.conf"].splitlines())
    assert "p;w" not in repr(realtime)


def test_the_views_are_those_that_asterisk_is_told_of(installation: Installation) -> None:
    realtime = RealtimePlan.of("postgresql://u:p@h/d")
    files = asterisk_files.rendered(replace(installation, realtime=realtime))
    views = set(re.findall(r"^(ps_\w+) => pgsql,general,\1$", files["extconfig.conf"], re.MULTILINE))
    assert views == set(re.findall(r"= realtime,(ps_\w+)$", files["sorcery.conf"], re.MULTILINE))
    migration = (migrate.FOLDER / "0016_phones.sql").read_text()
    assert views == set(re.findall(r"^CREATE VIEW (ps_\w+) AS", migration, re.MULTILINE))


def test_written_files_are_their_owners_alone(installation: Installation) -> None:
    asterisk_files.write(installation)
    assert stat.S_IMODE(installation.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((installation.folder / "etc/manager.conf").stat().st_mode) == 0o600
    assert stat.S_IMODE((installation.folder / "tls/trunkline.key").stat().st_mode) == 0o600
    assert installation.configuration.exists()


def test_a_file_that_is_no_longer_ours_is_removed(installation: Installation) -> None:
    asterisk_files.write(installation)
    (installation.folder / "etc/old.conf").write_text("")
    installation.queue_log.write_text("kept\n")
    asterisk_files.write(installation)
    assert not (installation.folder / "etc/old.conf").exists()
    assert installation.queue_log.read_text() == "kept\n"
