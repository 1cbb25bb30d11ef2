"""The files of a folder are read with what they include; a folder without any is refused."""

from pathlib import Path

import pytest

from infra.doctor.files import Logins, read_folder
from infra.errors import SettingError


def test_files_are_read_with_what_they_include(tmp_path: Path) -> None:
    (tmp_path / "pjsip.conf").write_text("[a]\ntype = aor\n#include sub/*.conf\n#include none.conf\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/more.conf").write_bytes(b"[b]\nname = Jos\xe9\n")
    files = read_folder(tmp_path, Logins("u", "c"))
    assert files.conf("pjsip.conf").section("b").place("name") == "sub/more.conf:2"
    assert [problem.value for problem in files.conf("pjsip.conf").problems] == ["none.conf"]
    assert files.has("pjsip.conf") and not files.has("http.conf")
    assert files.general("http.conf").get("enabled") == ""
    assert files.dialplan.steps == ()


def test_an_absolute_include_is_followed(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "other.conf").write_text("c = d\n")
    (tmp_path / "etc/a.conf").write_text(f"[general]\n#include {tmp_path}/other.conf\n")
    assert read_folder(tmp_path / "etc", Logins()).general("a.conf").get("c") == "d"


def test_a_folder_without_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"no \.conf file"):
        read_folder(tmp_path, Logins())
