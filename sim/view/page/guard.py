"""Whom the page answers: a browser that came by the address that was printed, and nobody else.

Any other page that is open in the browser can send requests to this machine. Three things tell it apart: a name of its
own that it has made to lead here stands in Host, it stands in Origin itself, and it doesn't know the token.
"""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

HOST = "127.0.0.1"
READY = "/readyz"  # says that the server is there and nothing else, so it may be asked without the token
REFUSED = "Refused: open the address that `sitesec watch` printed, with its token."
POLICY_VIOLATION = 1008  # of WebSocket's codes


class Guard:
    """The page behind its door; the first request brings the token in its address, the later ones as a cookie.

    Parameters
    ----------
    app : ASGI application
        The page.
    port : int
        Where it is served.

    Attributes
    ----------
    address : str
        To be opened in a browser.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app, self._token = app, secrets.token_hex(24)
        self._cookie = f"sitesec-{port}"  # browsers send cookies to all ports of a machine
        # Browsers leave out port 80.
        self._hosts = {f"{name}:{port}".removesuffix(":80") for name in (HOST, "localhost")}
        self.address = f"http://{HOST}:{port}/?token={self._token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse in a sentence that is always the same."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        if not self._is_own(asked) or not self._may(asked):
            await _refusal(scope)(scope, receive, send)
        elif scope["type"] == "http" and self._is_token(asked.query_params.get("token", "")):
            await self._app(scope, receive, self._with_cookie(send))
        else:
            await self._app(scope, receive, send)

    def _is_own(self, asked: HTTPConnection) -> bool:
        """Whether it was sent to this address, and by a page of this address if by any."""
        hosts, origins = asked.headers.getlist("host"), asked.headers.getlist("origin")
        known = len(hosts) == 1 and hosts[0] in self._hosts
        return known and all(origin == f"http://{hosts[0]}" for origin in origins)

    def _may(self, asked: HTTPConnection) -> bool:
        """Whether it has the token, or needs none."""
        given = asked.query_params.get("token", ""), asked.cookies.get(self._cookie, "")
        return (asked.scope["type"], asked.scope["path"]) == ("http", READY) or any(map(self._is_token, given))

    def _is_token(self, text: str) -> bool:
        return secrets.compare_digest(text.encode(), self._token.encode())

    def _with_cookie(self, send: Send) -> Send:
        """Send an answer that has the browser keep the token, out of reach of scripts and of other sites' requests."""
        cookie = f"{self._cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"

        async def keeping(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        return keeping


def _refusal(scope: Scope) -> ASGIApp:
    return WebSocketClose(POLICY_VIOLATION) if scope["type"] == "websocket" else PlainTextResponse(REFUSED, 403)
