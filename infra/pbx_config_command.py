"""The command `trunkline pbx-config`: its options, and what it tells at the end."""

from pathlib import Path

import click

from infra.asterisk_plan import PbxPlan
from infra.passwords import Passwords
from infra.pbx_config import USUAL, permits, phone_plans, secrets_of, trunk_plan, write_config


def _rtp(context: click.Context, option: click.Parameter, text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 1024 <= int(first) < int(last) <= 65535):
        raise click.BadParameter("it is not FIRST-LAST, as in 10000-19999")
    return int(first), int(last)


@click.command("pbx-config")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Where to write it; a new folder, or an empty one.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TRUNKLINE_DATA",
    default=Path("data"),
    show_default=True,
    help="Where the secrets are kept, so that they stay the same.",
)
@click.option("--name", required=True, help="The PBX's systemname, for ever.")
@click.option("--listen", default="0.0.0.0", show_default=True, help="Where SIP listens.")
@click.option("--public", default="", help="Its address on the other side of a NAT.")
@click.option("--trunk", "carrier", required=True, metavar="HOST[:PORT]", help="The carrier's SIP server.")
@click.option("--trunk-from", "sources", multiple=True, metavar="NETWORK", help="Where its calls come from; again.")
@click.option("--secure-trunk", is_flag=True, help="TLS and SRTP to the carrier, and no call without.")
@click.option("--number", default="5550100", show_default=True, help="What the other side sees.")
@click.option(
    "--phone",
    "phones",
    multiple=True,
    metavar="NUMBER=NAME[:KIND]",
    help="A phone; again for the next. KIND: secure-phone (TLS; the default), browser-phone or desk-phone (in clear).",
)
@click.option("--ami", "ami_tls", default="", metavar="HOST:PORT", help="Offer the manager interface there over TLS.")
@click.option("--permit", multiple=True, metavar="ADDRESS/MASK", help="Who may log in there; again for the next.")
@click.option("--rtp", default="10000-19999", show_default=True, callback=_rtp, metavar="FIRST-LAST", help="UDP ports.")
@click.option("--certificate", default="", help="PEM file on the PBX; by default one is made.")
@click.option("--key", default="", help="Its key, a PEM file on the PBX.")
def pbx_config(
    out: Path,
    data: Path,
    name: str,
    listen: str,
    public: str,
    carrier: str,
    sources: tuple[str, ...],
    secure_trunk: bool,
    number: str,
    phones: tuple[str, ...],
    ami_tls: str,
    permit: tuple[str, ...],
    rtp: tuple[int, int],
    certificate: str,
    key: str,
) -> None:
    """Write Asterisk's complete configuration for a PBX of your own.

    It is what `--pbx asterisk` runs with: TLS and SRTP, browser phones, two manager users with few rights, queues, a
    filtered dialplan, and the files that Trunkline follows. Look at it, copy it to /etc/asterisk, restart Asterisk with
    TZ=UTC in its environment, and let `trunkline doctor --asterisk-config /etc/asterisk` look at it there.
    """
    if bool(certificate) != bool(key):
        raise click.UsageError("--certificate and --key go together.")
    plan = PbxPlan(
        system_name=name,
        folders=USUAL,
        trunk=trunk_plan(carrier, sources, number, secure=secure_trunk),
        phones=phone_plans(phones),
        phone_secrets={},
        ami_secret="",
        control_secret="",
        certificate=certificate,
        key=key,
        listen=listen,
        public=public,
        ami_tls=ami_tls,
        permit=permits(permit),
        rtp_first=rtp[0],
        rtp_last=rtp[1],
    )
    named = (public, listen, ami_tls.rpartition(":")[0], "127.0.0.1")
    hosts = tuple(dict.fromkeys(host for host in named if host and host != "0.0.0.0"))
    written = write_config(secrets_of(plan, Passwords(data / "secrets.json")), out, hosts)
    click.echo(f"{len(written)} files are in {out}, readable by you alone: they hold secrets.")
    click.echo("Copy all but trunkline.env to the PBX; trunkline.env is for the machine that Trunkline runs on.")
