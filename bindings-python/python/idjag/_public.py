"""Sending to addresses that strangers chose: to the public internet only, to exactly the address that was checked."""

from __future__ import annotations

import asyncio
import socket
import ssl
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Union

from ._library import httpx
from ._send import send

Address = Union[IPv4Address, IPv6Address]

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
# RFC 6052: an IPv4 address in the last four bytes, behind whatever translates it. Where it stands in the addresses of
# RFC 8215 depends on the network; they are none of the global ones, and so refused.
_TRANSLATED = IPv6Network("64:ff9b::/96")
# The part of the address space in which unicast addresses of the internet are given out.
_GLOBAL_UNICAST = IPv6Network("2000::/3")


class AddressRefused(Exception):
    """The name leads to where strangers must not send this server."""


def _embedded(address: IPv6Address) -> Address | None:
    """The IPv4 address that is reached by way of this one."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _TRANSLATED or int(address) < 2**32:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet, also where it stands for another one."""
    if isinstance(address, IPv6Address):
        embedded = _embedded(address)
        if embedded is not None:
            return is_public(embedded)
        if address not in _GLOBAL_UNICAST:
            return False
    reserved = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    return address.is_global and not address.is_private and not address.is_loopback and not reserved


async def resolve(host: str, port: int, *, allow_loopback: bool) -> list[str]:
    """The addresses of `host`, all of which may be asked: where one may not, nobody knows which the next look-up finds."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    is_own = allow_loopback and host in _LOOPBACK_NAMES
    if not addresses or not all(is_public(one) or (is_own and one.is_loopback) for one in addresses):
        raise AddressRefused("the name does not lead to public addresses only")
    return list(dict.fromkeys(str(one) for one in addresses))


async def send_to_public(
    request: Any, *, timeout: float, max_bytes: int, allow_loopback: bool, ssl_context: ssl.SSLContext | None
) -> Any:
    """Sends `request` as `send` does. The name is looked up once, and the connection goes to what was found; the certificate
    is that of the name.
    """
    return await asyncio.wait_for(
        _sent(request, timeout, max_bytes, allow_loopback, ssl_context), timeout
    )


async def _sent(
    request: Any, timeout: float, max_bytes: int, allow_loopback: bool, ssl_context: ssl.SSLContext | None
) -> Any:
    url = httpx.URL(request["url"])
    host, port = url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)
    named = {"headers": [*request["headers"], ["Host", url.netloc.decode("ascii")]]}
    failure: Exception | None = None
    async with httpx.AsyncClient(trust_env=False, verify=True if ssl_context is None else ssl_context) as client:
        for address in await resolve(host, port, allow_loopback=allow_loopback):
            pinned = {**request, **named, "url": str(url.copy_with(host=address))}
            try:
                return await send(
                    pinned, client=client, timeout=timeout, max_bytes=max_bytes, extensions={"sni_hostname": host}
                )
            except httpx.ConnectError as error:
                failure = error
    raise failure or AddressRefused("there is no address")
