"""A configuration for a PBX of the user's own: complete, private, and nothing wrong with it in the doctor's eyes."""

import stat
from pathlib import Path

import pytest

from infra.asterisk_plan import PbxPlan, PhoneKind, PhonePlan
from infra.doctor import dialplan_checks
from infra.doctor.check import Severity, examine
from infra.doctor.dialplan_checks import Doors
from infra.doctor.examination import FILE_CHECKS
from infra.doctor.files import Logins, read_folder
from infra.errors import SettingError
from infra.passwords import Passwords
from infra.pbx_config import USUAL, environment, permits, phone_plans, secrets_of, trunk_plan, write_config


def plan(tmp_path: Path, **changes: object) -> PbxPlan:
    """One with two phones and a secure trunk."""
    values: dict[str, object] = {
        "system_name": "hq",
        "folders": USUAL,
        "trunk": trunk_plan("sip.carrier.example:5061", ("192.0.2.0/28",), "+4930123456", secure=True),
        "phones": phone_plans(("1001=Alice", "1101=Wendy:browser-phone")),
        "phone_secrets": {},
        "ami_secret": "",
        "control_secret": "",
        "certificate": "",
        "key": "",
        "listen": "0.0.0.0",
        "public": "203.0.113.4",
    }
    return secrets_of(PbxPlan(**(values | changes)), Passwords(tmp_path / "secrets.json"))  # type: ignore[arg-type]


def test_nothing_is_amiss_with_what_is_written(tmp_path: Path) -> None:
    write_config(plan(tmp_path), tmp_path / "out", ("203.0.113.4",))
    files = read_folder(tmp_path / "out", Logins())
    found = examine(FILE_CHECKS, files) + examine(dialplan_checks.CHECKS, Doors(files.dialplan, files.contexts))
    assert [one for one in found if one.severity is not Severity.OK] == []


def test_files_are_their_owners_alone_and_nothing_is_overwritten(tmp_path: Path) -> None:
    names = write_config(plan(tmp_path), tmp_path / "out", ("203.0.113.4",))
    for path in [*(tmp_path / "out" / name for name in names), tmp_path / "out/tls/trunkline.key"]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(SettingError, match="not empty"):
        write_config(plan(tmp_path), tmp_path / "out", ())


def test_secrets_stay_the_same_and_are_of_each_pbx_its_own(tmp_path: Path) -> None:
    first, again, other = plan(tmp_path), plan(tmp_path), plan(tmp_path, system_name="branch")
    assert first == again
    assert len({first.ami_secret, first.control_secret, other.ami_secret, *first.phone_secrets.values()}) == 5


def test_queues_have_only_members_with_a_phone(tmp_path: Path) -> None:
    write_config(plan(tmp_path), tmp_path / "out", ("203.0.113.4",))
    text = (tmp_path / "out/queues.conf").read_text()
    assert "member => PJSIP/1001," in text and "member => PJSIP/1002," not in text


def test_trunkline_is_told_how_to_reach_it(tmp_path: Path) -> None:
    here = environment(plan(tmp_path), "").splitlines()
    assert "TRUNKLINE_AMI=127.0.0.1:5038" in here and not [line for line in here if "AMI_TLS" in line]
    there = environment(plan(tmp_path, ami_tls="192.0.2.5:5039"), "/ca.pem").splitlines()
    assert {"TRUNKLINE_AMI=192.0.2.5:5039", "TRUNKLINE_AMI_TLS=1", "TRUNKLINE_AMI_CA=/ca.pem"} <= set(there)


def test_phones_are_understood_or_refused() -> None:
    assert phone_plans(("1001=Alice Ames",)) == (PhonePlan("1001", "Alice Ames", PhoneKind.SECURE),)
    assert phone_plans(("1001=A:desk-phone",))[0].kind is PhoneKind.DESK
    assert len(phone_plans(())) > 1
    for bad in ("Alice", "1001=", "x=A", "1001=A:fax", "1001=A;b", "1001=A\n[x]"):
        with pytest.raises(SettingError, match="NUMBER=NAME"):
            phone_plans((bad,))
    with pytest.raises(SettingError, match="twice"):
        phone_plans(("1001=A", "1001=B"))


def test_what_could_end_a_line_is_refused(tmp_path: Path) -> None:
    for field in ("system_name", "listen", "public", "ami_tls", "certificate"):
        with pytest.raises(SettingError, match="is no name, address or path"):
            write_config(plan(tmp_path, **{field: "a\nb"}), tmp_path / "out", ())
    with pytest.raises(SettingError, match="no number"):
        trunk_plan("host", (), "1;x", secure=False)
    assert not (tmp_path / "out").exists()


def test_the_trunk_is_known_by_its_own_address_unless_others_are_named() -> None:
    assert trunk_plan("192.0.2.9:5060", (), "1", secure=False).sources == ("192.0.2.9",)
    assert permits(("192.0.2.7/255.255.255.255",))[1:] == ("192.0.2.7/255.255.255.255",)
