"""Each fault of pjsip.conf and rtp.conf is named where it is, and a good one has none."""

import pytest
from unit.infra.doctor.amiss import amiss, files, found

from infra.doctor.sip_checks import CHECKS, codecs, of_type

PJSIP = """\
[tls]
type = transport
protocol = tls
bind = 192.0.2.5
method = tlsv1_2
external_media_address = 203.0.113.4
external_signaling_address = 203.0.113.4
[udp]
type = transport
protocol = udp
bind = 127.0.0.1
[ws]
type = transport
protocol = ws
[desk](!)
type = endpoint
transport = tls
media_encryption = sdes
media_encryption_optimistic = no
direct_media = no
[1001](desk)
allow = !all,ulaw,alaw
auth = 1001
[1001]
type = auth
username = 1001
password = a-long-made-up-password
[1101]
type = endpoint
webrtc = yes
direct_media = no
rtp_timeout = 30
disallow = all
allow = opus,ulaw
auth = 1001
[trunk]
type = endpoint
transport = tls
identify_by = ip
direct_media = no
allow = ulaw
[trunk]
type = identify
endpoint = trunk
match = 192.0.2.9
"""
RTP = "[general]\nrtpstart = 10000\nrtpend = 19999\nicesupport = yes\nstrictrtp = yes\n"
HTTP = "[general]\nenabled = yes\n"
GOOD = {"pjsip": PJSIP, "rtp": RTP, "http": HTTP}

FAULTS = {
    "sip-tls-method": ("pjsip", "method = tlsv1_2", "method = tlsv1"),
    "srtp-keys": (
        "pjsip",
        "[desk](!)\ntype = endpoint\ntransport = tls",
        "[desk](!)\ntype = endpoint\ntransport = udp",
    ),
    "srtp-optimistic": ("pjsip", "media_encryption_optimistic = no", "media_encryption_optimistic = yes"),
    "sip-in-clear": ("pjsip", "bind = 127.0.0.1", "bind = 0.0.0.0"),
    "sip-anonymous": ("pjsip", "[ws]", "[anonymous]\ntype = endpoint\nallow = ulaw\ndirect_media = no\n[ws]"),
    "sip-unproved": ("pjsip", "identify_by = ip\n", ""),
    "sip-secret": ("pjsip", "a-long-made-up-password", "1001"),
    "trunk-match": ("pjsip", "match = 192.0.2.9", "match = 0.0.0.0/0"),
    "webrtc-socket": ("http", "enabled = yes", "enabled = no"),
    "webrtc-media": ("rtp", "icesupport = yes", "icesupport = no"),
    "rtp-timeout": ("pjsip", "rtp_timeout = 30\n", ""),
    "codecs": ("pjsip", "allow = !all,ulaw,alaw", "allow = g722"),
    "direct-media": ("pjsip", "direct_media = no\n[1001]", "[1001]"),
    "nat": ("pjsip", "external_signaling_address = 203.0.113.4\n", ""),
    "rtp-ports": ("rtp", "rtpend = 19999", "rtpend = 10010"),
    "strictrtp": ("rtp", "strictrtp = yes", "strictrtp = no"),
}


def test_nothing_is_amiss_with_a_good_one() -> None:
    assert found(CHECKS, **GOOD) == []


def test_every_check_has_its_fault() -> None:
    assert {check.name for check in CHECKS} == FAULTS.keys()


@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_is_named(check: str) -> None:
    name, good, bad = FAULTS[check]
    assert good in GOOD[name]
    findings = found(CHECKS, **(GOOD | {name: GOOD[name].replace(good, bad)}))
    assert check in {finding.check for finding in findings}
    assert "1001" not in [finding.what for finding in findings if finding.check == "sip-secret"]


def test_codecs_are_what_is_left_in_the_end() -> None:
    text = "[a]\ntype = endpoint\nallow = g722\ndisallow = all\nallow = opus,ulaw,alaw\ndisallow = alaw\n"
    (endpoint,) = of_type(files(pjsip=text), "endpoint")
    assert codecs(endpoint) == ["opus", "ulaw"]


def test_an_endpoint_without_any_codec_is_named() -> None:
    texts = GOOD | {"pjsip": PJSIP.replace("allow = !all,ulaw,alaw", "disallow = all")}
    assert "[1001] allows none" in " ".join(one.what for one in found(CHECKS, **texts) if one.check == "codecs")


def test_browsers_without_a_codec_or_with_broken_media_are_named() -> None:
    for bad in ("allow = gsm", "allow = opus\nice_support = no", "allow = opus\ndtls_auto_generate_cert = no"):
        assert "webrtc-media" in amiss(CHECKS, **(GOOD | {"pjsip": PJSIP.replace("allow = opus,ulaw", bad)}))


def test_guests_of_the_old_driver_are_named() -> None:
    assert "sip-anonymous" in amiss(CHECKS, **GOOD, sip="[general]\ncontext = default\n")
    assert amiss(CHECKS, **GOOD, sip="[general]\nallowguest = no\n") == set()


def test_a_private_address_without_a_public_one_is_weak() -> None:
    text = PJSIP.replace("bind = 192.0.2.5", "bind = 10.1.2.3:5061").replace("external", ";external")
    assert "nat" in amiss(CHECKS, **(GOOD | {"pjsip": text}))
