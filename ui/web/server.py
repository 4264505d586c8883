"""The server of the page: one process, one engine, on this machine unless told otherwise."""

import ipaddress
import json
import socket
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI

from ingest.errors import UsageError
from ui.web.guard import Access, Guard

_FONTS = ["system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]


@dataclass(frozen=True)
class Address:
    """Where to listen."""

    host: str = "127.0.0.1"
    port: int = 7860

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{self.port}/"


def application(page: gr.Blocks, access: Access) -> Guard:
    """Return the page as an ASGI application, behind its guard."""
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    theme = gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "Consolas", "monospace"])
    gr.mount_gradio_app(
        outer,
        page,
        path="/",
        theme=theme,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=access.mcp,
    )
    if access.mcp:
        _say_json(page)
    style = (files("ui.web") / "page.css").read_text(encoding="utf-8")
    return Guard(outer, access, str(page.title), style)


def _say_json(page: gr.Blocks) -> None:
    """Have the MCP server say answers as JSON; Gradio's own way is Python's, which no other language reads."""
    from mcp.types import TextContent

    def content(outputs: list[Any], _: str) -> list[TextContent]:
        return [TextContent(type="text", text=json.dumps(one, ensure_ascii=False)) for one in outputs]

    vars(page.mcp_server_obj)["postprocess_output_data"] = content


def listening(address: Address) -> socket.socket:
    """Return a socket on the address; raises UsageError where it cannot be had."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((address.host, address.port))
    except OSError as error:
        made.close()
        raise UsageError(
            f"Op {address.host}, poort {address.port}, is niet te luisteren: {error.strerror}",
            "een adres van deze computer en een vrije poort",
            f"Kies een andere poort met: charterwijzer ui --port {address.port + 1}",
        ) from error
    return made


def server(app: Guard) -> uvicorn.Server:
    """Return a server that is quiet, and that does not wait for open pages when it stops."""
    config: dict[str, Any] = {"log_level": "error", "ws": "none", "timeout_graceful_shutdown": 2, "lifespan": "on"}
    return uvicorn.Server(uvicorn.Config(app, server_header=False, **config))
