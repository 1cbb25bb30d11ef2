"""`trunkline recordings keys …`: the keys that open recordings, made, followed by new ones and destroyed.

A tool beside the API, and its only place that reads the environment. It runs where the file of the keys is.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg

from api.recordings.age import Unreadable
from api.recordings.key_file import KeyFile, KeysUnusable
from api.recordings.key_ring import KeyRing, KeyState, NoSuchTenant
from api.recordings.store import RecordingStore

tenant_option = click.option("--tenant", default="default", show_default=True, help="Whose keys.")


def ring_of(environment: Mapping[str, str], tenant: str) -> KeyRing:
    """The keys of a tenant. Raises ClickException, naming what is not set."""
    values = {name: environment.get(f"TRUNKLINE_{name}", "") for name in ("DATABASE", "RECORDING_KEYS")}
    for name, value in values.items():
        if not value:
            raise click.ClickException(f"Set TRUNKLINE_{name}; `trunkline up` sets it for the processes it starts.")
    folder = environment.get("TRUNKLINE_RECORDINGS") or Path(environment.get("TRUNKLINE_DATA", "data")) / "recordings"
    return KeyRing(values["DATABASE"], tenant, RecordingStore(Path(folder), KeyFile(Path(values["RECORDING_KEYS"]))))


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong is said in a sentence."""
    try:
        yield
    except (KeysUnusable, NoSuchTenant, Unreadable, OSError, psycopg.Error) as error:
        raise click.ClickException(str(error)) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def recordings() -> None:
    """Recordings of calls."""


@recordings.group()
def keys() -> None:
    """The keys that open a tenant's recordings."""


@keys.command("list")
@tenant_option
def list_keys(tenant: str) -> None:
    """Print a tenant's keys: for whom is encrypted, since when, and whether the private key is here."""
    with _told():
        for each in ring_of(os.environ, tenant).states():
            click.echo(f"{each.recipient}  {each.created_at:%Y-%m-%d %H:%M}  {described(each)}")


@keys.command()
@tenant_option
def create(tenant: str) -> None:
    """Make a key for a tenant that has none in use; print for whom is encrypted from now on."""
    with _told():
        click.echo(ring_of(os.environ, tenant).create())


@keys.command()
@tenant_option
def rotate(tenant: str) -> None:
    """Make a new key for what is recorded from now on; what was recorded before stays readable."""
    with _told():
        click.echo(ring_of(os.environ, tenant).rotate())


@keys.command()
@tenant_option
@click.option("--yes", is_flag=True, help="Do it without asking.")
def destroy(tenant: str, yes: bool) -> None:
    """Destroy all of a tenant's keys: none of its recordings can ever be played again, by nobody, from no backup.

    Unless the backup has the file of the keys.
    """
    if not yes:
        click.confirm(f"Destroy every recording of the tenant {tenant}, for good?", abort=True)
    with _told():
        destroyed, gone = ring_of(os.environ, tenant).destroy()
    click.echo(f"{destroyed} keys destroyed, {gone} recordings gone.")


def described(key: KeyState) -> str:
    """What a key is good for."""
    if key.destroyed_at is not None:
        return "destroyed" + (", but its private key is still here: run `destroy` again" if key.here else "")
    use = "in use" if key.retired_at is None else "opens older recordings"
    return use + ("" if key.here else ", but its private key is not here")


def main() -> None:
    """Run the command line."""
    recordings(prog_name="trunkline recordings")


if __name__ == "__main__":
    main()
