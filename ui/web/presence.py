"""Whether the language model is there, as last seen: said once on the page, and not again under every answer."""

import time

from ingest.errors import LanguageModelError
from qa.written import Writer

LASTS = 20.0  # seconds that a look at its server counts
WITHOUT = "Zonder taalmodel: antwoorden bestaan uit zinnen van de bron zelf."


class Presence:
    """What the page knows of the language model; ``writer`` is None where none is to write."""

    def __init__(self, writer: Writer | None) -> None:
        self._writer = writer
        self._absent_until = 0.0
        self._there = True

    @property
    def absent(self) -> bool:
        """Whether it was seen to be away a moment ago; never where answers without it are errors."""
        return time.monotonic() < self._absent_until

    def look(self) -> bool:
        """Ask its server, which may take seconds, and return whether to go on to write."""
        if self._writer is None:
            return True
        try:
            self._writer.model.present()
        except LanguageModelError:
            self._there = False
            if self._writer.required:
                return True  # the answer itself is to fail, and say why
            self._absent_until = time.monotonic() + LASTS
            return False
        self._there, self._absent_until = True, 0.0
        return True

    def said(self) -> str:
        """Return who answers, as last seen."""
        if self._writer is None:
            return WITHOUT
        name = self._writer.model.name
        if self._there:
            return f"Taalmodel {name} schrijft mee; elke zin wordt aan de bron gecontroleerd."
        return f"{WITHOUT} Taalmodel {name} is nu niet te bereiken."
