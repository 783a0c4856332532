"""The client's operations: requests that are built, responses that are read, and a connection as a script."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import parse_qsl

import idjag
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from roles import Refusal

Json = Any


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")


def _number(jwk: Json, member: str) -> int:
    return int.from_bytes(_bytes(jwk[member]), "big")


def _opened(token: str, jwk: Json) -> Json:
    """Header and payload of a token that the private key `jwk` signed; fails when it did not."""
    signed, signature = token.rsplit(".", 1)
    public = ec.EllipticCurvePublicNumbers(_number(jwk, "x"), _number(jwk, "y"), ec.SECP256R1()).public_key()
    halves = _bytes(signature)
    r, s = (int.from_bytes(half, "big") for half in (halves[:32], halves[32:]))
    public.verify(utils.encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))
    header, payload = (json.loads(_bytes(part)) for part in signed.split("."))
    return {"header": header, "payload": payload}


def _sign(jwk: Json, signing_input: bytes) -> bytes:
    """The ES256 signature by the private key `jwk`, made by another library."""
    private = ec.derive_private_key(_number(jwk, "d"), ec.SECP256R1())
    r, s = utils.decode_dss_signature(private.sign(signing_input, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def opened_message(request: Json, keys: Json) -> Json:
    """A request with its tokens opened and its form, or its JSON, taken apart."""
    headers = [
        [name, _opened(value, keys["signers"]["dpop"]) if name == "DPoP" else value]
        for name, value in request["headers"]
    ]
    body = request.get("body") or ""
    is_json = ["Content-Type", "application/json"] in headers
    form = [
        [name, _opened(value, keys["signers"]["client"]) if name == "client_assertion" else value]
        for name, value in _pairs("" if is_json else body)
    ]
    read = json.loads(body) if is_json else None
    view = {"method": request["method"], "url": request["url"], "headers": headers, "form": form, "json": read}
    return {name: value for name, value in view.items() if value not in ("", [], None)}


def opened_page(step: Json) -> Json:
    """What a browser is to open, as an event: the address without its query, and the query like a form."""
    endpoint, query = step["authorization_url"].split("?", 1)
    return {"need_authorization": endpoint, "query": _pairs(query), "redirect_uri": step["redirect_uri"]}


def _pairs(text: str) -> list[list[str]]:
    """The pairs of a form or a query, decoded and sorted by name."""
    found = parse_qsl(text, keep_blank_values=True)
    return sorted([[name, value] for name, value in found if f"{name}=" in text], key=lambda pair: pair[0])


def _taken(options: Json, names: tuple[str, ...]) -> Json:
    return {name: options.pop(name) for name in names if name in options}


def _signer(keys: Json, name: str) -> idjag.SigningKey | None:
    jwk = keys["signers"].get(name)
    return None if jwk is None else idjag.SigningKey(jwk=jwk)


def _proof_key(keys: Json, options: Json) -> idjag.SigningKey | None:
    """Moves the name of the proof's key out of the proof: `dpop` where none is named."""
    if not isinstance(options.get("proof"), dict):
        return None
    options["proof"] = dict(options["proof"])
    return _signer(keys, options["proof"].pop("key", None) or "dpop")


def _binding(keys: Json, rule: str | None) -> Json:
    if rule in (None, "unbound"):
        return None
    with idjag.SigningKey(jwk=keys["signers"]["dpop"]) as key:
        return {"jkt": key.jkt, "dangerous_preferred": {"required": False, "dangerous_preferred": True}[str(rule)]}


_GRANT = (
    "id_jag",
    "audience",
    "resource",
    "binding",
    "scope",
    "authorization_details",
    "detail_types",
    "without_resource_parameter",
    "jwt_dpop",
)


def _grant(keys: Json, options: Json) -> Json:
    grant = _taken(options, _GRANT)
    return {**grant, "binding": _binding(keys, grant.get("binding"))}


def _wanted(config: Json, options: Json) -> Json:
    client = {"client_id": config["client_id"]} if "client_id" in config else {}
    asked = _taken(options, ("resource", "scope", "authorization_details", "detail_types", "context", "context_claim"))
    return {**asked, "audience": config["audience"]["issuer"], **client}


def _reading(config: Json) -> Json:
    caps = dict(config)
    return {**_taken(caps, ("dangerous_allow_http_loopback",)), "limits": caps}


def exchange_request(config: Json, keys: Json, now: int, given: Json) -> Json:
    options = dict(given)
    dpop, exchange = _proof_key(keys, options), _wanted(config, options)
    elsewhere = options.pop("signed_elsewhere_by", None)
    credentials, own = dict(config["credentials"]), _signer(keys, "client")
    if elsewhere is not None:
        credentials["key"] = {name: value for name, value in keys["signers"]["client"].items() if name != "d"}
        own = None
    options |= {"exchange": exchange, "idp": config["idp"], "credentials": [credentials], "now": now}
    answer = idjag.exchange_request(**options, signer=own, dpop=dpop)
    if elsewhere is not None:
        signature = _sign(keys["signers"][elsewhere], _bytes(answer["assertion_input"]))
        answer = idjag.exchange_request(**options, assertion_signature=signature, dpop=dpop)
    return opened_message(answer["request"], keys)


def exchange_response(config: Json, keys: Json, now: int, given: Json) -> Json:
    options = dict(given)
    exchange, binding = _wanted(config, options), _binding(keys, config.get("binding"))
    read = _reading(config.get("reading", {}))
    answer = idjag.exchange_response(**options, **read, exchange=exchange, binding=binding, now=now)
    assert answer.pop("id_jag") == json.loads(given["response"]["body"])["access_token"]
    return answer


def grant_request(config: Json, keys: Json, now: int, given: Json) -> Json:
    options = dict(given)
    dpop, own, grant = _proof_key(keys, options), _signer(keys, "client"), _grant(keys, options)
    answer = idjag.grant_request(**{**config, **options}, grant=grant, signer=own, dpop=dpop, now=now)
    return opened_message(answer["request"], keys)


def grant_response(config: Json, keys: Json, now: int, given: Json) -> Json:
    options = dict(given)
    grant = _grant(keys, options)
    answer = idjag.grant_response(**options, **_reading(config), grant=grant, now=now)
    # The vectors leave a member out that says nothing.
    if answer.get("authorization_details") == []:
        del answer["authorization_details"]
    return answer


def use_token(config: Json, keys: Json, now: int, given: Json) -> Json:
    options = dict(given)
    if options.pop("proof_of_another_token", False):
        another = {"access_token_hash": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}
        options["proof"] = {**options["proof"], **another}
    dpop, grant = _proof_key(keys, options), _grant(keys, options)
    answer = idjag.use_token(**options, grant=grant, dpop=dpop, now=now)
    # The body is the caller's own, and is none of the answer.
    return opened_message({**answer["request"], "body": given["request"].get("body")}, keys)


def read_answer(config: Json, keys: Json, now: int, given: Json) -> Json:
    options = {**given, "limits": _reading(config)["limits"]}
    return idjag.read_answer(from_=options.pop("from"), **options)


def connection(config: Json, keys: Json, now: int, given: Json) -> Json:
    options = dict(config)
    dpop = _signer(keys, "dpop") if options.pop("dpop", False) is True else None
    if "document" in options:
        client_id, method = options["document"]
        options["document"] = {"client_id": client_id, "token_endpoint_auth_method": method}
    client = idjag.Client(**options, signer=_signer(keys, "client"), dpop=dpop)
    script = dict(given)
    steps = script.pop("steps")
    player = _Player(idjag.Connection(**script, client=client), keys)
    events: list[Json] = []
    last: Refusal | idjag.IdJagError | None = None
    for step in steps:
        step, last = dict(step), None
        at = step.pop("at", now)
        [(act, argument)] = step.items()
        try:
            events.append(player.act(act, argument, at))
        except (Refusal, idjag.IdJagError) as error:
            last = error
            events.append({"error": error.code})
    if last is not None:
        raise last
    return {"events": events}


class _Player:
    """Plays a script against a connection."""

    def __init__(self, connection: idjag.Connection, keys: Json) -> None:
        self.connection = connection
        self.keys = keys
        self.seen: set[str] = set()
        self.drawn = 0

    def random(self) -> bytes:
        self.drawn += 1
        return bytes([self.drawn]) * 32

    def act(self, act: str, argument: Json, now: int) -> Json:
        if act == "identify":
            self.connection.identify(**argument)
            return {"identified": True}
        if act == "assert":
            self.connection.supply_assertion(assertion=argument)
            return {"asserted": True}
        if act == "called":
            self.connection.authorization_response(url=argument)
            return {"called": True}
        if act == "decline":
            self.connection.decline()
            return {"declined": True}
        if act == "next":
            return self.next(now)
        if act == "answer":
            event = self.next(now)
            assert "send" in event, event
            self.connection.receive(response=argument, now=now)
            return event
        if act == "unreachable":
            event = self.next(now)
            self.connection.unreachable(now=now)
            return event
        if act == "authorize":
            request = {"method": argument[0], "url": argument[1]}
            return self.view(self.connection.authorize(request=request, random=self.random(), now=now))
        if act == "derive":
            return self.derive(*argument, now)
        assert act == "used", act
        verdict = self.connection.on_resource_response(operation=argument[0], response=argument[1], now=now)
        if "error" in verdict:
            raise Refusal(verdict["error"]["code"], None)
        return verdict

    def derive(self, wanted: Json, response: Json, now: int) -> Json:
        request = self.connection.downscope(wanted=wanted, random=self.random(), now=now)
        answer: Json = self.connection.on_downscope_response(wanted=wanted, response=response, now=now)
        if "error" in answer:
            raise Refusal(answer["error"]["code"], None)
        known = {**answer.get("token", {}), **answer}
        names = ("access_token", "token_type", "scope", "expires_at")
        more = {name: known[name] for name in names if name in known}
        return {"derive": answer["verdict"], "request": self.view(request), **more}

    def next(self, now: int) -> Json:
        """The next step as an event: what it is about under the step's name."""
        step: Json = self.connection.next(random=self.random(), now=now)
        status = self.connection.status(now=now)
        name = step["step"]
        assert name != "ready" or status["ready"]
        if name == "send":
            return {"request": self.view(step["request"]), "send": step["purpose"]}
        if name == "need_identity":
            more = {member: step[member] for member in ("max_age", "acr_values") if member in step}
            return {**more, "need_identity": step["reason"]}
        if name == "need_assertion":
            return {"need_assertion": step["audience"], "resource": step["resource"]}
        if name == "need_authorization":
            return opened_page(step)
        if name == "ready":
            token = step["token"]
            more = {member: token[member] for member in ("scope", "expires_at") if member in token}
            return {**more, "ready": token["resource"]}
        if name == "wait":
            return {"wait": step["seconds"]}
        assert name in ("denied", "failed"), name
        raise Refusal(step["error"]["code"], None)

    def view(self, request: Json) -> Json:
        """The request without what differs each time."""
        view = opened_message(request, self.keys)
        for pair in [*view.get("headers", []), *view.get("form", [])]:
            if isinstance(pair[1], dict):
                token_id = pair[1]["payload"].pop("jti")
                assert token_id not in self.seen
                self.seen.add(token_id)
        return view
