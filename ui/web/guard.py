"""What stands between the network and the page: only the routes it needs, only this host, and a password if set.

Gradio serves more than this page uses (files, uploads, proxies, a code editor). What is not on the list is not there.
"""

import base64
import html
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Scope = dict[str, Any]
App = Callable[..., Any]

# The script of the page runs through Gradio's js_on_load, which needs 'unsafe-eval'; nothing of it comes from text.
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'self'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_ROUTES = re.compile(
    r"/(?:config/?|theme\.css|favicon\.ico|manifest\.json|robots\.txt|static/.+|assets/.+|svelte/.+|login_check/?"
    r"|gradio_api/(?:info/?|openapi\.json|app_id/?|startup-events|heartbeat/\w+|queue/(?:join|data|status)"
    r"|call/(?:v2/)?[\w-]+(?:/\w+)?|component_server/?|cancel|reset/?|login_check/?|token/?))?"
)
_MCP = re.compile(r"/gradio_api/mcp(?:/.*)?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_OUTSIDE = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>', re.S)


@dataclass(frozen=True)
class Access:
    """Who may come in: ``local`` only by this machine's own names, ``user`` and ``password`` if both are set."""

    local: bool = True
    user: str = ""
    password: str = ""
    mcp: bool = False


class Guard:
    """ASGI middleware: answers 404, 403 or 401 itself, and lets the rest through with headers that keep it home."""

    def __init__(self, app: App, access: Access, title: str, style: str) -> None:
        self._app, self._access, self._title, self._style = app, access, title, style

    async def __call__(self, scope: Scope, receive: App, send: App) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _reply(send, *refusal)
        elif scope["path"] == "/":
            await self._page(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send))

    def _refusal(
        self, scope: Scope, headers: dict[str, str]
    ) -> tuple[int, str, tuple[tuple[bytes, bytes], ...]] | None:
        host = urlsplit(f"//{headers.get('host', '')}").hostname
        if self._access.local and host not in _LOOPBACK:  # a page elsewhere that calls itself this machine
            return 403, "Deze pagina is er alleen voor deze computer.", ()
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return 403, "Een andere site mag deze pagina niet gebruiken.", ()
        if not self._may_enter(headers.get("authorization", "")):
            realm = (b"www-authenticate", b'Basic realm="Charterwijzer", charset="UTF-8"')
            return 401, "Meld u aan met gebruikersnaam en wachtwoord.", (realm,)
        path, query = scope["path"], scope.get("query_string", b"")
        known = _ROUTES.fullmatch(path) or (self._access.mcp and _MCP.fullmatch(path))
        if not known or ".." in path or b"deep_link" in query:
            return 404, "Deze pagina is er niet.", ()
        return None

    def _may_enter(self, authorization: str) -> bool:
        if not (self._access.user and self._access.password):
            return True
        expected = base64.b64encode(f"{self._access.user}:{self._access.password}".encode())
        given = authorization.removeprefix("Basic ").encode("latin-1", "replace")
        return secrets.compare_digest(given, expected)

    async def _page(self, scope: Scope, receive: App, send: App) -> None:
        """Serve the page in Dutch and in its own style, without Gradio's name and pictures from elsewhere."""
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: dict[str, Any] = {}
        body = bytearray()

        async def hold(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self._app({**scope, "headers": plain}, receive, hold)
        content = self._own(body.decode("utf-8")).encode() if scope["method"] != "HEAD" else b""
        kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        length = [(b"content-length", str(len(content)).encode())] if content else []
        await _with_headers(send)({**start, "headers": [*kept, *length]})
        await send({"type": "http.response.body", "body": content})

    def _own(self, page: str) -> str:
        page = _OUTSIDE.sub("", page).replace('lang="en"', 'lang="nl"', 1)
        # Not as Gradio's ``css``: it rewrites the selectors, and those for light, dark and narrow then match nothing.
        head = f"<title>{html.escape(self._title)}</title><style>{self._style}</style></head>"
        return page.replace("</head>", head, 1)


def _with_headers(send: App) -> App:
    async def sender(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in HEADERS}
            kept = [(name, value) for name, value in message["headers"] if name.lower() not in own]
            message = {**message, "headers": [*kept, *HEADERS]}
        await send(message)

    return sender


async def _reply(send: App, status: int, text: str, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    body = text.encode()
    length = (b"content-length", str(len(body)).encode())
    own = [(b"content-type", b"text/plain; charset=utf-8"), length, *headers, *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": own})
    await send({"type": "http.response.body", "body": body})
