"""Every operation of the vectors over the public API: an adapter turns a case into calls and nothing else.

`tests/src/wire` holds the same adapters over the core's own JSON door.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Callable

import idjag
from idjag import IdJagError

import calls
import clients
import roles
from roles import Refusal

Json = Any
Adapter = Callable[[Json, Json, int, Json], Json]

ALL_ALGORITHMS = ["ES256", "ES384", "EdDSA", "RS256", "PS256"]


def plain(function: Callable[..., Json]) -> Adapter:
    """Configuration and input are the arguments."""
    return lambda config, keys, now, given: function(**config, **given)


def timed(function: Callable[..., Json]) -> Adapter:
    """The same, with the time."""
    return lambda config, keys, now, given: function(**config, **given, now=now)


def with_keys(function: Callable[..., Json]) -> Adapter:
    """The key set `issuer`, or an object where the case says whose keys it holds."""

    def adapter(config: Json, keys: Json, now: int, given: Json) -> Json:
        options = {**config, **given, "now": now}
        jwks = keys["sets"]["issuer"]
        owner = options.pop("key_set_issuer", None)
        if owner is None:
            return function(**options, keys=jwks)
        with idjag.KeySet(issuer=owner, jwks=jwks, algorithms=config["algorithms"]) as key_set:
            return function(**options, keys=key_set)

    return adapter


def signed(function: Callable[..., Json], **renamed: str) -> Adapter:
    """The private key that the input names; arguments that are called otherwise in the vectors."""

    def adapter(config: Json, keys: Json, now: int, given: Json) -> Json:
        options = {renamed.get(name, name): value for name, value in given.items()}
        with idjag.SigningKey(jwk=keys["signers"][options.pop("signer")]) as signer:
            return function(**options, signer=signer)

    return adapter


def built(function: Callable[..., Json]) -> Adapter:
    """A response, its body opened, or left out where it is empty."""

    def adapter(config: Json, keys: Json, now: int, given: Json) -> Json:
        options = {**config, **given}
        jwk = options.pop("jwk", None) if function is idjag.build_client_metadata else None
        if jwk is not None:
            options["jwks"] = {"keys": [jwk]}
        response = dict(function(**options))
        body = response.pop("body")
        return response if body == "" else {**response, "body": json.loads(body)}

    return adapter


def reading(config: Json) -> Json:
    """How documents are read, with the caps as `limits`."""
    options = {**config, **config.get("reading", {})}
    options.pop("reading", None)
    limits = {name: options.pop(name, None) for name in ("response_bytes", "header_bytes")}
    return {**options, "limits": limits}


def read(function: Callable[..., Json]) -> Adapter:
    """How the document is read is part of the configuration."""
    return lambda config, keys, now, given: function(**reading(config), **given)


def client_assertion(config: Json, keys: Json, now: int, given: Json) -> Json:
    return idjag.verify_client_assertion(**config, **given, keys=keys["sets"]["client"], now=now)


def jws(config: Json, keys: Json, now: int, given: Json) -> Json:
    return idjag.verify_jws(**config, **given, keys=keys["sets"]["issuer"])


def attach(config: Json, keys: Json, now: int, given: Json) -> Json:
    options = {**config, **given}
    signature, key = options.pop("signature"), options.pop("jwk")
    pending = idjag.prepare_access_token(**options, key=key)
    return idjag.attach_jws(
        signing_input=pending["signing_input"], key=key, signature=signature, algorithms=options["algorithms"]
    )


def compiled(config: Json, keys: Json, now: int, given: Json) -> Json:
    with idjag.Policy(**given) as policy:
        return policy.describe()


def withdrawn(config: Json, keys: Json, now: int, given: Json) -> Json:
    options = dict(given)
    document = options.pop("former", None)
    with idjag.Policy(**config) as policy:
        if document is None:
            return policy.withdrawals(**options, now=now)
        with idjag.Policy(document=document) as former:
            return policy.withdrawals(**options, former=former, now=now)


def checked(config: Json, keys: Json, now: int, given: Json) -> Json:
    answer = idjag.check_policy(**config, **given)
    # The sentences are for people; the vectors compare the stable names.
    for fault in answer["faults"]:
        del fault["message"]
    return answer


def asked(question: str) -> Adapter:
    def adapter(config: Json, keys: Json, now: int, given: Json) -> Json:
        with idjag.Policy(**config) as policy:
            return getattr(policy, question)(**given)

    return adapter


def registration(config: Json, keys: Json, now: int, given: Json) -> Json:
    options = dict(given)
    server = {"token_endpoint": "https://as.example/token"}
    for name in ("issuer", "client_id_metadata_document_supported", "registration_endpoint"):
        server[name] = options.pop(name, None)
    return idjag.plan_registration(**options, server=server)


def scopes(config: Json, keys: Json, now: int, given: Json) -> Json:
    options = {**config, **given, "resource": "https://mcp.chat.example/"}
    if "challenge" in options:
        options["challenged_scope"] = options.pop("challenge")
    return idjag.select_scope(**options)


def first_use(config: Json, keys: Json, now: int, given: Json) -> Json:
    answers = []
    with idjag.MemoryReplayStore(**config) as store:
        for use in given["uses"]:
            options = dict(use)
            at = options.pop("now")
            key = idjag.new_replay_key(**options)
            answers.append(store.first_use(name=key["name"], retain_until=key["retain_until"], now=at)["answer"])
    # What a role makes of the last answer.
    if answers[-1] == "unavailable":
        raise Refusal("store_unavailable", "temporarily_unavailable")
    if answers[-1] == "seen":
        of_kind = {
            "id_jag": "invalid_grant",
            "client_assertion": "invalid_client",
            "dpop_proof": "invalid_dpop_proof",
        }
        raise Refusal("token_replayed", of_kind[given["uses"][-1]["kind"]])
    return {"answers": answers}


def key_set_cache(config: Json, keys: Json, now: int, given: Json) -> Json:
    with idjag.KeySetCache(**config, algorithms=ALL_ALGORITHMS) as cache:
        return _played(given, lambda step: _event(cache, step))


def _played(given: Json, take: Callable[[Json], Json]) -> Json:
    """The events of a script; one whose last step is refused is refused itself."""
    events: list[Json] = []
    last: IdJagError | None = None
    for step in given["steps"]:
        last = None
        try:
            events.append(take(step))
        except IdJagError as error:
            last = error
            events.append({"error": error.code})
    if last is not None:
        raise last
    return {"events": events}


def revocation_list(config: Json, keys: Json, now: int, given: Json) -> Json:
    config = dict(config)
    updates = config.pop("updates", {})

    def take(step: Json) -> Json:
        at = step["at"]
        if "receive" in step:
            return revoked.receive(**updates, manifest=step["receive"], keys=keys["sets"]["authority"], now=at)
        if "chunk" in step:
            return revoked.receive_chunk(chunk=step["chunk"], now=at)
        if "publish" in step:
            return _publish(revoked, keys["signers"]["authority"], issuer=updates["issuer"], **step["publish"], now=at)
        if "add" in step:
            return revoked.add(entries=step["add"], now=at)
        if "synchronize" in step:
            return revoked.synchronize(sequence=step["synchronize"], now=at)
        return revoked.export(now=at)

    with idjag.RevocationList(**config, now=now) as revoked:
        return _played(given, take)


def _publish(revoked: idjag.RevocationList, jwk: Json, **options: Any) -> Json:
    with idjag.RevocationUpdate(revocations=revoked, **options) as update, idjag.SigningKey(jwk=jwk) as signer:
        signed = update.sign(signer=signer)
        pending = update.prepare(key={name: value for name, value in jwk.items() if name != "d"})
        signing_input = base64.urlsafe_b64decode(pending["signing_input"] + "==").decode()
        assert signing_input == signed["token"].rpartition(".")[0]
        claims = signed["claims"]
        assert (update.sequence, update.size) == (claims["sequence"], claims["size"])
        assert getattr(update, "base_sequence", None) == claims.get("base_sequence")
        chunks = [update.chunk(number=number)["chunk"] for number in range(update.chunks)]
        return {"manifest": signed["token"], "chunks": chunks}


def client_documents(config: Json, keys: Json, now: int, given: Json) -> Json:
    def take(step: Json) -> Json:
        client_id, at = step["client_id"], step["at"]
        if "received" in step:
            return documents.received(client_id=client_id, response=step["received"], now=at)
        return documents.next(client_id=client_id, now=at)

    with idjag.ClientDocuments(**config) as documents:
        return _played(given, take)


def _event(cache: idjag.KeySetCache, step: Json) -> Json:
    now = step["at"]
    if "refreshed" in step:
        cache.refreshed(response=step["refreshed"], now=now)
        return {"refreshed": True}
    if "replace" in step:
        issuer, jwks, fetched_at = step["replace"]
        cache.replace(issuer=issuer, jwks=jwks, fetched_at=fetched_at)
        return {"replaced": True}
    if "begin_refresh" in step:
        return cache.begin_refresh(now=now)
    found = cache.lookup(kid=step["lookup"], now=now)
    kids = None
    if found["usable"]:
        with cache.keys(now=now) as key_set:
            kids = [key["kid"] for key in key_set.keys]
    if found["state"] == "use":
        return {"use": kids}
    if found["state"] == "refresh":
        return {"refresh": True, "then": kids}
    return {"unavailable": True, "retry_at": found["retry_at"]}


def discovery(config: Json, keys: Json, now: int, given: Json) -> Json:
    start = {name: given.get(name) for name in ("resource", "resource_metadata", "issuer")}
    requests = []
    output: Json = None
    with idjag.Discovery(**reading(config), **start) as machine:
        for response in given["responses"]:
            requests.append(machine.next()["request"])
            output = machine.receive(response=response)
        assert all(requests) and machine.next()["request"] is None
    assert output.pop("done") is True
    return {**output, "requests": requests}


OPERATIONS: dict[str, Adapter] = {
    "access_token.sign": signed(idjag.sign_access_token),
    "access_token.verify": with_keys(idjag.verify_access_token),
    "actor_token.verify": with_keys(idjag.verify_actor_token),
    "authorization_response.check_issuer": plain(idjag.check_authorization_response_issuer),
    "authorization_server_metadata.build": built(idjag.build_authorization_server_metadata),
    "authorization_server_metadata.read": read(idjag.read_authorization_server_metadata),
    "challenge.build": built(idjag.build_challenge),
    "challenge.parse": read(idjag.parse_challenge),
    "client.connection": clients.connection,
    "client.exchange_request": clients.exchange_request,
    "client.exchange_response": clients.exchange_response,
    "client.grant_request": clients.grant_request,
    "client.grant_response": clients.grant_response,
    "client.read_answer": clients.read_answer,
    "client.use_token": clients.use_token,
    "client_assertion.sign": signed(idjag.sign_client_assertion),
    "client_assertion.verify": client_assertion,
    "client_document.read": read(idjag.read_client_document),
    "client_documents.run": client_documents,
    "client_id_url.parse": plain(idjag.parse_client_id_url),
    "client_metadata.build": built(idjag.build_client_metadata),
    "discovery.run": discovery,
    "dpop.sign": signed(idjag.sign_dpop, entropy="random", iat="now"),
    "dpop.verify": timed(idjag.verify_dpop),
    "id_jag.sign": signed(idjag.sign_id_jag),
    "id_jag.verify": with_keys(idjag.verify_id_jag),
    "id_token.sign": signed(idjag.sign_id_token),
    "id_token.verify": with_keys(idjag.verify_id_token),
    "idp.response": roles.exchange_response,
    "idp.token_exchange": roles.exchange,
    "jwk.thumbprint": plain(idjag.thumbprint_jwk),
    "jwks.parse": plain(idjag.parse_jwks),
    "jws.attach": attach,
    "jws.verify": jws,
    "key_set_cache.run": key_set_cache,
    "policy.check": checked,
    "policy.compile": compiled,
    "policy.evaluate": asked("evaluate"),
    "policy.explain": asked("explain"),
    "policy.withdrawals": withdrawn,
    "protected_resource_metadata.build": built(idjag.build_protected_resource_metadata),
    "protected_resource_metadata.read": read(idjag.read_protected_resource_metadata),
    "record.of_revocation": timed(idjag.record_of_revocation),
    "record.read": plain(idjag.read_record),
    "record.to_ocsf": plain(idjag.record_to_ocsf),
    "records.chain": plain(idjag.chain_of_records),
    "records.connections": timed(idjag.connections_of_records),
    "registration.plan": registration,
    "replay.first_use": first_use,
    "resource_as.response": roles.redeem_response,
    "resource_as.revocation": roles.revoke,
    "resource_as.token": roles.redeem,
    "resource_server.access": roles.access,
    "resource_server.bearer": roles.bearer,
    "resource_server.metadata": roles.server_metadata,
    "resource_server.response": roles.access_response,
    "revocation_list.run": revocation_list,
    "saml_nameid.match": plain(idjag.match_saml_nameid),
    "scope.select": scopes,
    "well_known.urls": plain(idjag.well_known_urls),
    "wire.call": calls.run,
}
