"""The operations of the server roles: a host with keys, clients, accounts and a store, as a vector describes it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any, Callable

import idjag
from idjag import IdJagError

Json = Any

ALL_ALGORITHMS = ["ES256", "ES384", "EdDSA", "RS256", "PS256"]


class Refusal(Exception):
    """A refusal that is not an exception of the library."""

    def __init__(self, code: str, oauth: str | None) -> None:
        super().__init__(code)
        self.code = code
        self.oauth = oauth


class Store:
    """The replay store that a case asks for: one in memory, or none that answers."""

    def __init__(self, given: Json) -> None:
        self.memory = None if given.get("store") == "unavailable" else idjag.MemoryReplayStore(capacity=1000)

    def ask(self, keys: list[Json], now: int) -> list[Any]:
        answers: list[Any] = []
        for key in keys:
            if self.memory is None:
                answers.append("unavailable")
            else:
                use = self.memory.first_use(name=key["name"], retain_until=key["retain_until"], now=now)
                answers.append(use["answer"])
            if answers[-1] != "first":
                break
        return answers


def key_set(keys: Json, issuer: str) -> idjag.KeySet | None:
    """The keys of `issuer` that the case has."""
    jwks = keys["sets"].get(issuer)
    return None if jwks is None else idjag.KeySet(issuer=issuer, jwks=jwks, algorithms=ALL_ALGORITHMS)


def revocations(config: Json, now: int) -> idjag.RevocationList | None:
    """What has been revoked, as the case has it; nothing where it says nothing."""
    settings = config.get("revocations")
    if settings is None:
        return None
    revoked = idjag.RevocationList(max_stale=settings.get("max_stale"), now=now)
    revoked.add(entries=settings["entries"], now=now)
    if "synchronized_at" in settings:
        revoked.synchronize(sequence=1, now=settings["synchronized_at"])
    return revoked


def registered(config: Json, client_id: str) -> Json:
    """The client as the case has it registered."""
    return next((client for client in config.get("clients", []) if client["client_id"] == client_id), None)


def earlier(handle: Callable[[Json, str, int], Json], now: int, given: Json) -> list[Json]:
    """Handles the requests before the one under test, and says briefly what became of each."""
    outcomes: list[Json] = []
    for index, one in enumerate(given.get("earlier", [])):
        try:
            done = handle(one["request"], f"earlier-{index}", one.get("now", now))
            status = done["response"]["status"] if "response" in done else 200
            outcomes.append({"status": status})
        except IdJagError as error:
            outcomes.append({"error": {"code": error.code, "oauth": error.oauth}})
    return outcomes


def shown(response: Json) -> Json:
    """A response whose body, where it is JSON, is JSON."""
    try:
        return {**response, "body": json.loads(response["body"])}
    except ValueError:
        return response


def opened(done: Json) -> Json:
    """The response with its token opened, and the record."""
    response = shown(done["response"])
    token = response["body"].get("access_token")
    if isinstance(token, str) and token.count(".") == 2:
        header, claims = [json.loads(urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]
        response["body"]["access_token"] = {"header": header, "claims": claims}
    return {**response, "record": done["record"]}


def whole(handle: Callable[[Json, str, int], Json], show: Callable[[Json], Json], now: int, given: Json) -> Json:
    """The request under test after those before it."""
    before = earlier(handle, now, given)
    output = show(handle(given["request"], given.get("token_id", "at-1"), now))
    return {**output, "earlier": before} if before else output


def refused(handle: Callable[[Json, str, int], Json], now: int, given: Json) -> Json:
    """The finished refusal of the request under test."""
    earlier(handle, now, given)
    try:
        handle(given["request"], "at-1", now)
    except IdJagError as error:
        if error.response is None:
            raise
        return {**shown(error.response), "record": error.record}
    raise AssertionError("the request was to be refused")


def _redeeming(config: Json, keys: Json, given: Json) -> Callable[[Json, str, int], Json]:
    server = idjag.ResourceAuthorizationServer(**config["server"])
    policy = idjag.Policy(document=config["policy"]) if "policy" in config else None
    signer = idjag.SigningKey(jwk=keys["signers"]["server"]) if "server" in keys["signers"] else None
    store = Store(given)

    def handle(request: Json, token_id: str, now: int) -> Json:
        pending = server.parse(request, now=now)
        actor = pending.needs.get("actor")
        verified = pending.verify(
            keys=key_set(keys, pending.needs["issuer"]),
            actor_keys=key_set(keys, actor["issuer"]) if actor else None,
            client=registered(config, pending.needs["client_id"]),
            nonce=config.get("nonce"),
            revocations=revocations(config, now),
            now=now,
        )
        account = _account(config, verified.parent or verified.claims)
        granted = verified.authorize(policy=policy, account=account, now=now)
        spent = granted.spend(answers=store.ask(granted.replay_keys, now))
        return spent.issue(signer=signer, token_id=token_id, now=now)

    return handle


def _account(config: Json, claims: Json) -> Json:
    """The user of a grant: by NameID where the issuer's rule says so, else by issuer, tenant and subject."""
    trusted = next((one for one in config["server"]["trusted_issuers"] if one["issuer"] == claims["iss"]), {})
    for known in config.get("accounts", []):
        if "saml_nameid" in trusted:
            is_same = "name_id" in known and idjag.is_same_saml_nameid(
                **trusted["saml_nameid"], sub_id=claims.get("sub_id"), account=known["name_id"]
            )["same"]
            is_same = is_same and known.get("subject", claims["sub"]) == claims["sub"]
        else:
            is_same = (known["issuer"], known.get("tenant"), known["subject"]) == (
                claims["iss"],
                claims.get("tenant"),
                claims["sub"],
            )
        if is_same:
            return known["account"]
    return None


def redeem(config: Json, keys: Json, now: int, given: Json) -> Json:
    return whole(_redeeming(config, keys, given), opened, now, given)


def redeem_response(config: Json, keys: Json, now: int, given: Json) -> Json:
    return refused(_redeeming(config, keys, given), now, given)


def revoke(config: Json, keys: Json, now: int, given: Json) -> Json:
    server = idjag.ResourceAuthorizationServer(**config["server"])
    store = Store(given)

    def handle(request: Json, stored: Any, now: int) -> Json:
        pending = server.parse_revocation(request, now=now)
        verified = pending.verify(
            keys=key_set(keys, pending.needs["issuer"]),
            client=registered(config, pending.needs["client_id"]),
            nonce=config.get("nonce"),
            now=now,
        )
        spent = verified.spend(answers=store.ask(verified.replay_keys, now))
        entries, concluded = spent.entries, spent.conclude(stored=stored)
        return {"response": concluded.response, "record": concluded.record, "entries": entries}

    before = earlier(lambda request, _, at: handle(request, "stored", at), now, given)
    done = handle(given["request"], given.get("stored", "stored"), now)
    output = {**shown(done.pop("response")), **done}
    return {**output, "earlier": before} if before else output


def _admitting(config: Json, keys: Json, given: Json) -> Callable[[Json, str, int], Json]:
    server = idjag.ResourceServer(**config["server"])
    store = Store(given)

    def handle(request: Json, _: str, now: int) -> Json:
        pending = server.parse(request, now=now)
        found = key_set(keys, pending.needs["issuer"])
        revoked = revocations(config, now)
        options = {"nonce": config.get("nonce"), "context": given.get("context"), "revocations": revoked}
        verified = pending.verify(keys=found, **options, now=now)
        authorized = verified.authorize(now=now)
        admitted = authorized.spend(answers=store.ask(authorized.replay_keys, now))
        return {"claims": admitted.claims, "record": admitted.record}

    return handle


def _listed(done: Json) -> Json:
    """The claims as the vectors write them: every audience in a list, the actors before the last beside it."""
    claims = done["claims"]
    if isinstance(claims["aud"], str):
        claims["aud"] = [claims["aud"]]
    actor, prior = claims.get("act", {}).pop("act", None), []
    while actor is not None:
        following = actor.pop("act", None)
        prior.append(actor)
        actor = following
    if prior:
        claims["act"]["prior"] = prior
    return done


def bearer(config: Json, keys: Json, now: int, given: Json) -> Json:
    server = idjag.ResourceServer(**config["server"])
    needs = server.bearer_needs(token=given["token"], now=now)
    found = key_set(keys, needs["issuer"])
    options = {"context": given.get("context"), "revocations": revocations(config, now)}
    # What is done to an answer changes none of those about the same token that follow.
    answers = [_listed(server.verify_bearer(token=given["token"], keys=found, **options, now=now)) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    return answers[0]


def access(config: Json, keys: Json, now: int, given: Json) -> Json:
    return whole(_admitting(config, keys, given), _listed, now, given)


def access_response(config: Json, keys: Json, now: int, given: Json) -> Json:
    return refused(_admitting(config, keys, given), now, given)


def server_metadata(config: Json, keys: Json, now: int, given: Json) -> Json:
    return idjag.ResourceServer(**config["server"]).metadata()


def _exchanging(config: Json, keys: Json, given: Json) -> Callable[[Json, str, int], Json]:
    server = idjag.IdentityProvider(**config["server"])
    policy = idjag.Policy(document=config["policy"])
    signer = idjag.SigningKey(jwk=keys["signers"]["server"]) if "server" in keys["signers"] else None
    store = Store(given)

    def handle(request: Json, token_id: str, now: int) -> Json:
        pending = server.parse(request, now=now)
        needs: Json = pending.needs
        actor = needs.get("actor", {}).get("issuer")
        verified = pending.verify(
            keys=key_set(keys, server.issuer),
            actor_keys=None if actor is None else key_set(keys, actor),
            client=registered(config, needs["client_id"]),
            attested=given.get("attested"),
            nonce=config.get("nonce"),
            revocations=revocations(config, now),
            now=now,
        )
        if verified.wants_refresh_token:
            new = given["refresh_token"]
            allowed = verified.refresh(policy=policy, offered=new["offered"])
            spent = allowed.spend(answers=store.ask(allowed.replay_keys, now))
            bound_to = spent.bound_to
            done = spent.respond(refresh_token=new["token"], expires_in=new.get("expires_in"), now=now)
            assert bound_to == done.get("bound_to")
            return done
        targeted = verified.target(policy=policy)
        known = (targeted.subject["subject"], targeted.audience)
        directory = config.get("directory", [])
        user = next((one["user"] for one in directory if (one["subject"], one["audience"]) == known), None)
        granted = targeted.authorize(user=user, now=now)
        spent = granted.spend(answers=store.ask(granted.replay_keys, now))
        return spent.issue(signer=signer, token_id=token_id, now=now)

    return handle


def _exchanged(done: Json) -> Json:
    bound_to = done.get("bound_to")
    return opened(done) if bound_to is None else {**opened(done), "refresh_token_bound_to": bound_to}


def exchange(config: Json, keys: Json, now: int, given: Json) -> Json:
    return whole(_exchanging(config, keys, given), _exchanged, now, {"token_id": "jag-1", **given})


def exchange_response(config: Json, keys: Json, now: int, given: Json) -> Json:
    return refused(_exchanging(config, keys, given), now, given)
