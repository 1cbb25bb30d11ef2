"""What a plan puts into the templates: encryption, addresses, rights; and what of it is secret."""

from dataclasses import replace

from infra.asterisk_plan import Folders, PbxPlan, PhoneKind, PhonePlan, TrunkPlan, phone_values, values

FOLDERS = Folders("/etc", "/lib", "/cache", "/spool", "/run", "/log", "/modules", "/data", "/sbin")
PLAN = PbxPlan(
    system_name="pbx1",
    folders=FOLDERS,
    trunk=TrunkPlan("192.0.2.9:5060", ("192.0.2.9", "198.51.100.0/28")),
    phones=(PhonePlan("1001", "Alice", PhoneKind.SECURE),),
    phone_secrets={"1001": "secret-of-alice"},
    ami_secret="ami-secret",
    control_secret="control-secret",
    certificate="/tls/c.pem",
    key="/tls/k.pem",
)


def test_a_plan_shows_no_secret() -> None:
    shown = repr(PLAN)
    assert not [secret for secret in ("secret-of-alice", "ami-secret", "control-secret") if secret in shown]


def test_the_manager_interface_is_on_loopback_unless_tls_is_asked_for() -> None:
    assert values(PLAN)["AMI_TLS"] == "tlsenable = no"
    assert values(PLAN)["AMI_PERMIT"] == "permit = 127.0.0.0/255.0.0.0"
    elsewhere = values(replace(PLAN, ami_tls="192.0.2.5:5039", permit=("192.0.2.7/255.255.255.255",)))
    assert {"tlsenable = yes", "tlsbindaddr = 192.0.2.5:5039", "tlsdisablev1 = yes"} <= set(
        elsewhere["AMI_TLS"].splitlines()
    )
    assert elsewhere["AMI_PERMIT"] == "permit = 192.0.2.7/255.255.255.255"


def test_what_the_ingester_does_not_read_is_filtered_by_the_pbx() -> None:
    lines = values(PLAN)["AMI_FILTERS"].splitlines()
    assert lines and all(line.startswith("eventfilter = !^Event: ") for line in lines)


def test_a_secure_trunk_speaks_tls_and_refuses_media_in_clear() -> None:
    clear, secure = values(PLAN), values(replace(PLAN, trunk=replace(PLAN.trunk, secure=True)))
    assert (clear["TRUNK_TRANSPORT"], clear["TRUNK_CONTACT"]) == ("udp", "sip:192.0.2.9:5060")
    assert (secure["TRUNK_TRANSPORT"], secure["TRUNK_CONTACT"]) == ("tls", r"sip:192.0.2.9:5060\;transport=tls")
    assert {"media_encryption = sdes", "media_encryption_optimistic = no"} <= set(secure["TRUNK_MEDIA"].splitlines())
    assert clear["TRUNK_MATCH"] == "192.0.2.9\nmatch = 198.51.100.0/28"


def test_a_public_address_is_told_to_those_outside() -> None:
    assert values(PLAN)["PUBLIC_ADDRESS"].startswith(";")
    told = values(replace(PLAN, public="203.0.113.4"))["PUBLIC_ADDRESS"]
    assert "external_media_address = 203.0.113.4" in told and "local_net = 10.0.0.0/8" in told


def test_recordings_are_written_to_the_spool_unless_another_folder_is_named() -> None:
    assert (values(PLAN)["RECORDING_SPOOL"], values(PLAN)["RECORD_QUEUES"]) == ("/spool/recordings", "no")
    recording = replace(PLAN, recording_spool="/dev/shm/calls", record_queues=True)
    assert (values(recording)["RECORDING_SPOOL"], values(recording)["RECORD_QUEUES"]) == ("/dev/shm/calls", "yes")


def test_a_phone_has_its_own_values() -> None:
    assert phone_values(PLAN, PLAN.phones[0]) == {
        "PHONE": "1001",
        "PHONE_NAME": "Alice",
        "PHONE_KIND": "secure-phone",
        "PHONE_SECRET": "secret-of-alice",
    }


def test_udp_stays_on_this_machine_where_everybody_encrypts() -> None:
    secure = replace(PLAN, listen="192.0.2.5", trunk=replace(PLAN.trunk, secure=True))
    assert values(secure)["UDP_LISTEN"] == "127.0.0.1"
    desk = replace(secure, phones=(PhonePlan("1002", "Bob"),))
    assert values(desk)["UDP_LISTEN"] == values(replace(secure, trunk=PLAN.trunk))["UDP_LISTEN"] == "192.0.2.5"
