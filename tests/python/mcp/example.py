"""`examples/python-server`, copied and started as its README says, and called by the SDK's client."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import httpx
from company import Redis

from idjag.client import obtain_grant_request
from servers import TOKEN, call, names, said, session
from world import PROOF_KEY, World

EXAMPLE = Path(__file__).parents[3] / "examples/python-server"


class Beside(World):
    """The identity provider of the world, and a copy of the example in place of the rest."""

    of = "notes"

    def __init__(self) -> None:
        super().__init__(lambda world: None, redeem=False)
        self.ras.url = f"{self.mcp.url}/auth"
        self.exchange = self._exchange({})
        self.apps = {self.idp: self.exchange}
        self.mcp.socket.close()

    @contextmanager
    def started(self, **environment: str) -> Iterator[Path]:
        """The example in a folder of its own, as its README says."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "copy"
            shutil.copytree(EXAMPLE, folder)
            made = subprocess.run([sys.executable, "keygen.py"], cwd=folder, capture_output=True, text=True, check=True)
            assert (folder / "signing-key.json").stat().st_mode & 0o077 == 0, "others can read the key"
            said = dict(line.split(": ") for line in made.stdout.split("\n") if line)
            self.secret = said.pop("client_secret")
            registered = {"client_id": "desk-at-data", "token_endpoint_auth_method": "client_secret_post"}
            digest = [said["client_secret_sha256"]]
            (folder / "clients.json").write_text(json.dumps([{**registered, "client_secret_sha256": digest}]))
            told = {
                "ORIGIN": self.mcp.url, "IDP": self.idp.url, "SIGNING_KEY": "signing-key.json", "DEVELOPMENT": "1",
                "PORT": self.mcp.url.rpartition(":")[2], **environment,
            }  # fmt: skip
            with open(folder / "records", "wb") as records, open(folder / "errors", "wb") as errors:
                command = [sys.executable, "server.py"]
                process = subprocess.Popen(
                    command, cwd=folder, env={**os.environ, **told}, stdout=records, stderr=errors
                )
            try:
                self._wait(process, folder)
                yield folder
            finally:
                process.kill()
                process.wait()

    def _wait(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        for _ in range(600):
            assert process.poll() is None, (folder / "errors").read_text()
            try:
                httpx.get(f"{self.mcp.url}/auth/jwks")
                return
            except httpx.ConnectError:
                time.sleep(0.05)
        raise AssertionError("it does not start")


async def a_newcomer_copies_it_whole() -> None:
    async with Beside() as world:
        with world.started() as folder:
            world.groups = ["engineering", "leads"]
            async with session(world, await world.connection(PROOF_KEY, scope="notes:read")) as client:
                assert await names(client) == ["list_notes"], "before the step-up"
                assert (await client.call_tool("add_note", {"text": "a note"})).content
                assert await names(client) == ["list_notes", "add_note"]
                assert await said(client, "list_notes") == "a note"
            async with httpx.AsyncClient() as http:
                refused = await http.post(world.resource, **call("list_notes", None))
                assert refused.status_code == 401 and 'scope="notes:read"' in refused.headers["www-authenticate"]
                document = (await http.get(f"{world.mcp.url}/.well-known/oauth-authorization-server/auth")).json()
                assert document["token_endpoint"] == f"{world.mcp.url}/auth/token"
                assert (await http.get(f"{world.mcp.url}/admin")).status_code == 404
                # The app gives its token up.
                granting = await obtain_grant_request(await world.connection(), identity=world.sign_on, clock=world.now)
                fields = {name: value for name, value in granting["headers"]}
                granted = await http.post(granting["url"], content=granting["body"], headers=fields)
                token = granted.json()["access_token"]
                form = {"token": token, "client_id": "desk-at-data", "client_secret": world.secret}
                for expected in (200, 401):
                    answer = await http.post(world.resource, **call("list_notes", token, "tools/list"))
                    assert (answer.status_code == 401) == (expected == 401), answer.text
                    assert (await http.post(document["revocation_endpoint"], data=form)).status_code == 200
            records = (folder / "records").read_text()
            roles = {json.loads(line)["role"] for line in records.splitlines()}
            assert roles == {"resource_as", "resource_server"} and not TOKEN.search(records)


async def grants_are_used_once_whichever_process_takes_them() -> None:
    with Redis() as server:
        async with Beside() as world:
            with world.started(REDIS_URL=f"redis://127.0.0.1:{server.port}/0") as folder:
                async with session(world, await world.connection()) as client:
                    assert await names(client) == ["list_notes"]
                kept = subprocess.run(["redis-cli", "-p", str(server.port), "dbsize"], capture_output=True, text=True)
                assert int(kept.stdout) > 0, "remembered outside of the process"
                server.stop()
                request = await obtain_grant_request(await world.connection(), identity=world.sign_on, clock=world.now)
                fields = {name: value for name, value in request["headers"]}
                async with httpx.AsyncClient() as http:
                    answer = await http.post(f"{world.mcp.url}/auth/token", content=request["body"], headers=fields)
                    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable"), answer.text
                    assert "retry-after" in answer.headers
                assert not TOKEN.search((folder / "errors").read_text())


CASES = [a_newcomer_copies_it_whole, grants_are_used_once_whichever_process_takes_them]
