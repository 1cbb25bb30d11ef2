"""What schemathesis makes of the OpenAPI, right and wrong requests alike, on the real origin: no 5xx."""

import asyncio
import os
import sys
from pathlib import Path

from api_parts import agent, queue
from api_rows import live_statements, write
from control_parts import FakePbx
from integration.api.conftest import Start

# As many cases an operation as a minute has room for, the same in each run.
CASES, SEED = "40", "7"
# Ends the sign-in that the run lives on, so it has a run of its own.
SIGN_OUT = "/api/auth/logout"
# Says by 503 that no PBX was heard, which here is so.
READINESS = "/readyz"
NO_BRAKE = {"TRUNKLINE_PEER_RATE": "1000000", "TRUNKLINE_USER_RATE": "1000000"}


async def schemathesis(address: str, *options: str, folder: Path) -> tuple[int, str]:
    """Run it; its exit code and what it said."""
    command = Path(sys.executable).with_name("schemathesis")
    process = await asyncio.create_subprocess_exec(
        str(command), "run", f"http://{address}/schema/openapi.json", "--checks", "not_a_server_error",
        "--max-examples", CASES, "--seed", SEED, "--no-color", *options,
        cwd=folder, env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(folder)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


async def test_no_request_is_too_much_for_us(start: Start, database: str, tmp_path: Path) -> None:
    write(database, live_statements([agent()], [queue()]))
    async with FakePbx() as pbx, start(**NO_BRAKE, **pbx.settings) as site:
        # The rest comes last: it may well find out how to change the password.
        for options in (("--include-path", SIGN_OUT), ("--exclude-path", SIGN_OUT, "--exclude-path", READINESS)):
            headers = await site.sign_in()
            signed_in = ("--header", f"Authorization: {headers['authorization']}")
            code, said = await schemathesis(site.address, *signed_in, *options, folder=tmp_path)
            assert code == 0, said
        assert (await site.client.get("/livez")).status_code == 200
