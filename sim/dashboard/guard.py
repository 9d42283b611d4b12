"""Who may speak to the server: requests under the names of this machine, from pages of its own.

Without this a web page elsewhere could point its own name at 127.0.0.1 and read what the browser
of this machine gets from here (DNS rebinding). Streamlit itself looks only at the origins of
WebSockets.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

HOSTS = "MEKONG_DASHBOARD_HOSTS"  # from the command to the server: address, then names allowed
LOCAL = ("localhost", "127.0.0.1", "::1")
REFUSED = b"403: this server does not answer under this name. Use http://127.0.0.1 and its port.\n"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Site = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """Middleware that answers 403 to an unknown Host, and to an Origin that is not this server.

    `address` is what the server listens on. Addresses in figures are safe where it listens on more
    than the loopback: only names can be pointed elsewhere.
    """

    def __init__(self, site: Site, address: str = LOCAL[1], names: Iterable[str] = ()) -> None:
        self.site = site
        self.open = address.lower() not in LOCAL
        own = (address, socket.gethostname(), socket.getfqdn()) if self.open else ()
        self.names = {name.lower().rstrip(".") for name in (*LOCAL, *own, *names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is allowed."""
        if scope["type"] not in ("http", "websocket") or self._allowed(scope["headers"]):
            await self.site(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before accept: a 403
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": REFUSED})

    def _allowed(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        given = [(name.lower(), value.decode("latin-1")) for name, value in headers]
        hosts = [value for name, value in given if name == b"host"]
        origins = [value for name, value in given if name == b"origin"]
        if len(hosts) != 1 or len(origins) > 1 or not self._known(hosts[0]):
            return False
        return not origins or urlsplit(origins[0]).netloc.lower() == hosts[0].lower()

    def _known(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, _ = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            return False
        if parts.netloc != host or "@" in host:
            return False
        return name in self.names or (self.open and _in_figures(name))


def _in_figures(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def known_hosts() -> tuple[str, list[str]]:
    """Address and names that the command gave."""
    address, *names = os.environ.get(HOSTS, LOCAL[1]).split()
    return address, names
