"""Who may talk to the workbench: only the page it served itself, on this machine, with the token of its address."""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with no-referrer, browsers send forms with the origin `null`
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
NO_TOKEN = "This page opens only with the address that `policycode label` printed, its token included."


class Guard:
    """ASGI middleware: refuses requests for another host, from another origin, or without the token.

    The token comes in the address once and then in an HttpOnly, SameSite=Strict
    cookie named after the port, since cookies are shared between ports.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app = app
        self.token = token
        self.cookie = f"policycode_{port}"
        self.hosts = {f"{host}:{port}" for host in LOOPBACK}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer why not."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        status, reason = self.refusal(headers, given)
        answer = PlainTextResponse(reason, status) if reason else self.app
        await answer(scope, receive, self.sealed(send, given if not reason else ""))

    def refusal(self, headers: Headers, given: str) -> tuple[int, str]:
        """A status and why the request is refused; no reason where it may pass."""
        host = headers.get("host", "")
        if host not in self.hosts:
            return 400, "The workbench answers only on this machine."
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return 403, "The request came from another page."
        if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            return 403, "The request came from another page."
        return (200, "") if self.knows(given or self.cookie_of(headers)) else (403, NO_TOKEN)

    def knows(self, given: str) -> bool:
        """Whether a token is ours, compared in constant time."""
        return hmac.compare_digest(given.encode(), self.token.encode())

    def cookie_of(self, headers: Headers) -> str:
        """The token in the cookie, "" where there is none."""
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return ""
        return morsel.value if morsel else ""

    def sealed(self, send: Send, token: str) -> Send:
        """Add the security headers, and the cookie where the token came in the address."""

        async def sealed_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if token:
                    headers.append("set-cookie", f"{self.cookie}={token}; Path=/; HttpOnly; SameSite=Strict")
            await send(message)

        return sealed_send
