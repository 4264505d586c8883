"""The command ``ui``: the page on a server, until Ctrl-C."""

import importlib.util
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from ingest.errors import UsageError
from qa.engine import Engine
from qa.settings import Settings

UNSET = "-"  # of user name and password: nobody has to sign in


@dataclass(frozen=True)
class Choices:
    """What the command line says of the server."""

    host: str = "127.0.0.1"
    port: int = 7860
    browser: bool = False
    mcp: bool = False


def serve(choices: Choices, settings: Settings, opened: Callable[[], Engine], out: TextIO) -> None:
    """Open the engine and serve the page; raises UsageError where the address is taken or the settings do not fit."""
    from ui.web.guard import Access
    from ui.web.server import Address, listening

    address = Address(choices.host, choices.port)
    user, password = signing_in(settings)
    if choices.mcp:
        _check_mcp()
    listener = listening(address)  # before the engine: who asks for a port in use hears it at once
    engine = opened()
    from ui.web.app import Service, build_page
    from ui.web.server import application, server

    page = build_page(Service(engine, settings.feedback_file), settings.llm_model if engine.writer else None)
    made = server(application(page, Access(address.local, user, password, choices.mcp)))
    out.write(f"Charterwijzer staat op {address.url} en stopt met Ctrl-C.\n")
    if not (address.local or user):
        out.write("Let op: iedereen op het netwerk kan erbij. Zet CHARTERWIJZER_UI_USER en _UI_PASSWORD.\n")
    out.flush()
    if choices.browser:
        webbrowser.open(address.url)
    made.run(sockets=[listener])


def signing_in(settings: Settings) -> tuple[str, str]:
    """Return user name and password, both empty where nobody has to sign in; raises UsageError for one alone."""
    user, password = ("" if one == UNSET else one for one in (settings.ui_user, settings.ui_password))
    if bool(user) != bool(password):
        missing = "CHARTERWIJZER_UI_PASSWORD" if user else "CHARTERWIJZER_UI_USER"
        raise UsageError(f"Instelling {missing} is er niet", "een gebruikersnaam én een wachtwoord, of geen van beide")
    return user, password


def _check_mcp() -> None:
    if importlib.util.find_spec("mcp") is None:
        raise UsageError("Voor MCP ontbreekt een pakket", "", "Installeer het met: pip install 'charterwijzer[mcp]'")
