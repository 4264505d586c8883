"""The help pages in Dutch: the command line library knows its own headings in English only."""

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

_DUTCH = (
    (r"^Usage:", "Gebruik:"),
    (r"^Options:", "Opties:"),
    (r"^Commands:", "Opdrachten:"),
    (r"^Arguments:", "Argumenten:"),
    (r"COMMAND \[ARGS\]\.\.\.", "OPDRACHT ..."),
    (r"\[OPTIONS\]", "[OPTIES]"),
    (r"Show this message and exit\.", "Toon deze hulp."),
    (r"\[default: ", "[standaard: "),
    (r"\[required\]", "[verplicht]"),
)


def in_dutch(page: str) -> str:
    """Return a help page with the library's own words in Dutch."""
    for english, dutch in _DUTCH:
        page = re.sub(english, dutch, page, flags=re.M)
    return page


class Command(TyperCommand):
    """A command with a Dutch help page."""

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 - the library's type has no public name
        """Return the help page."""
        return in_dutch(super().get_help(ctx))


class Group(TyperGroup):
    """The program, with a Dutch help page."""

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 - the library's type has no public name
        """Return the help page."""
        return in_dutch(super().get_help(ctx))
