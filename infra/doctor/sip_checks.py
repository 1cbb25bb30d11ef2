"""What pjsip.conf and rtp.conf must say: who can call, what is encrypted, and that two sides can hear each other."""

from collections.abc import Iterator
from ipaddress import ip_address

from asterisk.conf import Section
from infra.doctor.check import Check, Severity, Spot, Topic
from infra.doctor.files import PbxFiles
from infra.doctor.manager_checks import is_loopback

OLD_METHODS = frozenset({"sslv2", "sslv3", "sslv23", "tlsv1", "tlsv1_1"})
ENCRYPTED = frozenset({"tls", "wss"})
# Guessed over the network, and also at leisure by whoever overhears a registration over UDP.
SHORTEST_PASSWORD = 12
# Each call takes two ports for each of its two legs: below this there is room for fifty calls.
FEWEST_PORTS = 200
DEFAULT_RTP = (5000, 31000)
# What a browser can speak.
BROWSER_CODECS = frozenset({"opus", "ulaw", "alaw", "g722"})


def of_type(files: PbxFiles, kind: str) -> list[Section]:
    """The objects of pjsip.conf of that type."""
    return [section for section in files.conf("pjsip.conf").real() if section.get("type").lower() == kind]


def codecs(endpoint: Section) -> list[str]:
    """What is allowed in the end: `disallow` and `allow` are taken in their order, `!all` forgets what was before."""
    allowed: list[str] = []
    for line in endpoint.all("allow", "disallow"):
        for word in (part.strip().lower() for part in line.value.split(",")):
            if word in ("!all",) or (line.key.lower() == "disallow" and word == "all"):
                allowed = []
            elif line.key.lower() == "disallow" or word.startswith("!"):
                allowed = [codec for codec in allowed if codec != word.removeprefix("!")]
            elif word not in allowed:
                allowed.append(word)
    return allowed


def _transport(files: PbxFiles, endpoint: Section) -> Section | None:
    name = endpoint.get("transport")
    return next((one for one in of_type(files, "transport") if one.name == name), None)


def _identified(files: PbxFiles) -> dict[str, Section]:
    """The endpoints that are known by their address."""
    return {section.get("endpoint"): section for section in of_type(files, "identify")}


def _browsers(files: PbxFiles) -> list[Section]:
    return [one for one in of_type(files, "endpoint") if one.is_on("webrtc")]


def _phones(files: PbxFiles) -> list[Section]:
    return [one for one in of_type(files, "endpoint") if one.get("auth")]


def _trunks(files: PbxFiles) -> list[Section]:
    known = _identified(files)
    return [one for one in of_type(files, "endpoint") if one.name in known]


def _old_method(files: PbxFiles) -> Iterator[Spot]:
    for transport in of_type(files, "transport"):
        method = transport.get("method").lower()
        if transport.get("protocol").lower() == "tls" and method in OLD_METHODS:
            yield Spot(transport.place("method"), method)
        elif transport.get("protocol").lower() == "tls" and method in ("", "default", "unspecified"):
            yield Spot(transport.place("method"), "none is named", Severity.WEAK)


def _keys_in_clear(files: PbxFiles) -> Iterator[Spot]:
    for endpoint in of_type(files, "endpoint"):
        if endpoint.get("media_encryption").lower() == "sdes" and not endpoint.is_on("webrtc"):
            transport = _transport(files, endpoint)
            if transport is None:
                yield Spot(endpoint.place("media_encryption"), f"[{endpoint.name}] names no transport", Severity.WEAK)
            elif transport.get("protocol").lower() not in ENCRYPTED:
                yield Spot(endpoint.place("media_encryption"), f"[{endpoint.name}]")


def _optimistic(files: PbxFiles) -> Iterator[Spot]:
    for endpoint in of_type(files, "endpoint"):
        if endpoint.is_on("media_encryption_optimistic"):
            yield Spot(endpoint.place("media_encryption_optimistic"), f"[{endpoint.name}]")


def _in_clear(files: PbxFiles) -> Iterator[Spot]:
    for transport in of_type(files, "transport"):
        # A WebSocket's address is that of the web server, which has a check of its own.
        if transport.get("protocol").lower() in ("udp", "tcp") and not is_loopback(transport.get("bind")):
            yield Spot(transport.place("bind"), f"[{transport.name}]")


def _anonymous(files: PbxFiles) -> Iterator[Spot]:
    for endpoint in of_type(files, "endpoint"):
        if endpoint.name == "anonymous" or endpoint.name.startswith("anonymous@"):
            yield Spot(endpoint.where, f"[{endpoint.name}]")
    general = files.general("sip.conf")
    if files.has("sip.conf") and general.is_on("allowguest", otherwise=True):
        yield Spot(general.place("allowguest"), "allowguest")


def _unproved(files: PbxFiles) -> Iterator[Spot]:
    """Who writes the name of an endpoint without `auth` into From is taken for it, unless an address is asked for."""
    for endpoint in of_type(files, "endpoint"):
        by = {word.strip() for word in endpoint.get("identify_by", "username,ip").lower().split(",")}
        if not endpoint.get("auth") and by & {"username", "auth_username"}:
            yield Spot(endpoint.where, f"[{endpoint.name}]")


def _weak_password(files: PbxFiles) -> Iterator[Spot]:
    for auth in of_type(files, "auth"):
        password = auth.get("password")
        if auth.get("auth_type").lower() == "md5" or auth.get("password_digest"):
            continue
        if len(password) < SHORTEST_PASSWORD or password in (auth.name, auth.get("username")):
            yield Spot(auth.place("password"), f"[{auth.name}]")


def _wide_trunk(files: PbxFiles) -> Iterator[Spot]:
    for identify in of_type(files, "identify"):
        for line in identify.all("match"):
            if any(word.strip().endswith("/0") for word in line.value.split(",")):
                yield Spot(line.where, f"[{identify.name}]")


def _no_browser_socket(files: PbxFiles) -> Iterator[Spot]:
    if not _browsers(files):
        return
    protocols = {transport.get("protocol").lower() for transport in of_type(files, "transport")}
    if not protocols & {"ws", "wss"}:
        yield Spot("pjsip.conf", "there is no transport with protocol = ws or wss")
    http = files.general("http.conf")
    if not (http.is_on("enabled") or http.is_on("tlsenable")):
        yield Spot(http.place("enabled"), "the web server is off")


def _browser_media(files: PbxFiles) -> Iterator[Spot]:
    for endpoint in _browsers(files):
        for key, bad in (
            ("dtls_auto_generate_cert", "no"),
            ("ice_support", "no"),
            ("rtcp_mux", "no"),
            ("use_avpf", "no"),
        ):
            if endpoint.get(key).lower() == bad and not (key.startswith("dtls") and endpoint.get("dtls_cert_file")):
                yield Spot(endpoint.place(key), f"[{endpoint.name}] has {key} = {bad}")
        if not BROWSER_CODECS & set(codecs(endpoint)):
            yield Spot(endpoint.place("allow"), f"[{endpoint.name}] allows no codec that a browser has")
    rtp = files.general("rtp.conf")
    if _browsers(files) and not rtp.is_on("icesupport", otherwise=True):
        yield Spot(rtp.place("icesupport"), "icesupport = no")


def _vanished(files: PbxFiles) -> Iterator[Spot]:
    for endpoint in _browsers(files):
        if endpoint.get("rtp_timeout", "0") == "0":
            yield Spot(endpoint.where, f"[{endpoint.name}]")


def _no_common_codec(files: PbxFiles) -> Iterator[Spot]:
    for endpoint in of_type(files, "endpoint"):
        if not codecs(endpoint):
            yield Spot(endpoint.place("allow"), f"[{endpoint.name}] allows none")
    for trunk in _trunks(files):
        for phone in _phones(files):
            if codecs(trunk) and codecs(phone) and not set(codecs(trunk)) & set(codecs(phone)):
                yield Spot(phone.place("allow"), f"[{phone.name}] and [{trunk.name}]")


def _direct(files: PbxFiles) -> Iterator[Spot]:
    for endpoint in of_type(files, "endpoint"):
        if endpoint.is_on("direct_media", otherwise=True):
            yield Spot(endpoint.place("direct_media"), f"[{endpoint.name}]")


def _behind_nat(files: PbxFiles) -> Iterator[Spot]:
    """A private address that is offered to phones outside leads them nowhere: the call is up and silent."""
    for transport in of_type(files, "transport"):
        host = transport.get("bind").rpartition(":")[0] or transport.get("bind")
        named = transport.get("external_media_address"), transport.get("external_signaling_address")
        if any(named) and not all(named):
            yield Spot(transport.where, f"[{transport.name}] names only one of two external addresses", Severity.WRONG)
        elif not any(named) and _is_private(host) and transport.get("protocol").lower() in ("udp", "tcp", "tls"):
            yield Spot(transport.where, f"[{transport.name}]")


def _is_private(host: str) -> bool:
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_private and not address.is_loopback and not address.is_unspecified


def _few_ports(files: PbxFiles) -> Iterator[Spot]:
    rtp = files.general("rtp.conf")
    first, last = (rtp.get(key, str(usual)) for key, usual in zip(("rtpstart", "rtpend"), DEFAULT_RTP, strict=True))
    if not (first.isdigit() and last.isdigit()) or int(last) <= int(first):
        yield Spot(rtp.place("rtpend"), "the range is empty")
    elif int(last) - int(first) < FEWEST_PORTS:
        yield Spot(rtp.place("rtpend"), f"{int(last) - int(first) + 1} ports", Severity.WEAK)


def _loose_rtp(files: PbxFiles) -> Iterator[Spot]:
    rtp = files.general("rtp.conf")
    if not rtp.is_on("strictrtp", otherwise=True):
        yield Spot(rtp.place("strictrtp"))


AUDIO, SECURITY = Topic.AUDIO, Topic.SECURITY
WRONG, WEAK = Severity.WRONG, Severity.WEAK

CHECKS: tuple[Check[PbxFiles], ...] = (
    Check("sip-tls-method", SECURITY, WRONG, "SIP over TLS is TLS 1.2 or newer",
          "SIP over TLS allows a broken version", "Set method = tlsv1_2 in the transport.", _old_method),
    Check("srtp-keys", SECURITY, WRONG, "The keys of SRTP travel encrypted", "The keys of SRTP travel in clear",
          "Give endpoints with media_encryption = sdes a transport with protocol = tls.", _keys_in_clear),
    Check("srtp-optimistic", SECURITY, WEAK, "Calls that should be encrypted are", "Encryption is given up silently",
          "Set media_encryption_optimistic = no: a call without SRTP is then refused.", _optimistic),
    Check("sip-in-clear", SECURITY, WEAK, "SIP beyond this machine is encrypted",
          "SIP is spoken in clear beyond this machine",
          "Use a transport with protocol = tls, or bind it to an address of a network of its own.", _in_clear),
    Check("sip-anonymous", SECURITY, WRONG, "Nobody calls without a name", "Anybody may call",
          "Remove the endpoint `anonymous`; in sip.conf set allowguest = no.", _anonymous),
    Check("sip-unproved", SECURITY, WRONG, "Every endpoint proves who it is",
          "An endpoint without auth is whoever writes its name into From",
          "Give it auth, or identify_by = ip with a section of type identify.", _unproved),
    Check("sip-secret", SECURITY, WRONG, "Phones' passwords cannot be guessed", "A phone's password can be guessed",
          f"Use {SHORTEST_PASSWORD} random characters or more.", _weak_password),
    Check("trunk-match", SECURITY, WRONG, "The trunk is known by its addresses",
          "Every address is taken for the trunk", "List the carrier's addresses in match.", _wide_trunk),
    Check("webrtc-socket", AUDIO, WRONG, "Browser phones have a WebSocket", "Browser phones have no WebSocket",
          "Add a transport with protocol = ws, and enabled = yes on 127.0.0.1 to http.conf.", _no_browser_socket),
    Check("webrtc-media", AUDIO, WRONG, "Browser phones get DTLS, ICE and a codec they have",
          "A browser phone's media cannot work",
          "Leave it to webrtc = yes, allow opus and ulaw, and set icesupport = yes.", _browser_media),
    Check("rtp-timeout", AUDIO, WEAK, "A closed tab ends its call", "The call of a closed tab never ends",
          "Set rtp_timeout = 30 and rtp_timeout_hold = 300 for browser phones.", _vanished),
    Check("codecs", AUDIO, WRONG, "Phones and trunk have a codec in common", "There is no codec in common",
          "Give both sides of a call allow = ulaw,alaw.", _no_common_codec),
    Check("direct-media", AUDIO, WEAK, "Media passes through Asterisk", "Media may pass Asterisk by",
          "Set direct_media = no: recording, hold and sound quality are not seen otherwise.", _direct),
    Check("nat", AUDIO, WEAK, "Phones are told an address that they reach",
          "Phones beyond this network are told a private address",
          "Set external_media_address, external_signaling_address and local_net in the transport, if there are any.",
          _behind_nat),
    Check("rtp-ports", AUDIO, WRONG, "There are enough ports for media", "There are too few ports for media",
          "Set rtpstart and rtpend in rtp.conf four ports a call apart, and open them (UDP) in the firewall.",
          _few_ports),
    Check("strictrtp", SECURITY, WEAK, "Media from strangers is dropped", "Media from strangers is taken",
          "Set strictrtp = yes in rtp.conf.", _loose_rtp),
)  # fmt: skip
