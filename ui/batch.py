"""Many questions from one file: an answer a line, in the order of the input, whatever a line holds."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import UsageError
from qa.engine import Engine
from qa.model import Answer, to_dict
from ui.errors import describe

_LINE = 'een regel als {"id": "1", "question": "wat is een Kindlint?"}'


@dataclass(frozen=True)
class Line:
    """A line of the file: its number from 1 and its bytes."""

    number: int
    raw: bytes


@dataclass(frozen=True)
class Batched:
    """What became of one line: an answer, or the reason why there is none; ``id`` as it was given."""

    id: Any
    answer: Answer | None = None
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the answer object with the id, or the id with ``error``."""
        if self.answer is None:
            return {"id": self.id, "error": self.error}
        return {"id": self.id} | to_dict(self.answer) | {"id": self.id}


def read_lines(file: Path) -> list[Line]:
    """Read the lines that are not blank; ``-`` is standard input. Raises UsageError when there are none."""
    if not (str(file) == "-" or file.is_file()):
        raise UsageError(f"{file} is er niet, of is geen bestand", "een bestand met een vraag per regel")
    raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    lines = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    found = [Line(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise UsageError(f"In {file} staan geen vragen", _LINE)
    return found


def answer_lines(
    lines: Iterable[Line], engine: Engine, charters: tuple[str, ...] = (), actor: str | None = None
) -> Iterator[Batched]:
    """Answer line after line; ``charters`` and ``actor`` hold for lines that do not set their own."""
    for line in lines:
        given: dict[str, Any] = {}
        try:
            given = _parsed(line)
            _check(given, line)
            named = charters if given.get("charters") is None else _names(given, line)
            answer = engine.ask(
                given["question"], charters=named, actor=given.get("actor", actor), previous=given.get("previous")
            )
            yield Batched(given["id"], answer)
        except Exception as error:  # one line that fails, for whatever reason, is not the end of the run
            yield Batched(given.get("id"), error=describe(error)[0])


def _parsed(line: Line) -> dict[str, Any]:
    try:
        given = json.loads(line.raw.decode("utf-8"))
    except ValueError as error:  # no UTF-8, or no JSON
        raise UsageError(f"Regel {line.number} is geen JSON ({error})", _LINE) from error
    if not isinstance(given, dict):
        raise UsageError(f"Regel {line.number} is geen JSON-object", _LINE)
    return given


def _check(given: dict[str, Any], line: Line) -> None:
    if not isinstance(given.get("id"), str | int):
        raise UsageError(f"In regel {line.number} staat geen id", _LINE)
    if not isinstance(given.get("question"), str):
        raise UsageError(f"In regel {line.number} staat geen question", _LINE)
    if not isinstance(given.get("actor", ""), str | None):
        raise UsageError(f"In regel {line.number} is actor geen tekst", '"actor": "rijk"')
    if not isinstance(given.get("previous", ""), str | None):
        raise UsageError(f"In regel {line.number} is previous geen tekst", '"previous": "de vorige vraag, voluit"')


def _names(given: dict[str, Any], line: Line) -> tuple[str, ...]:
    names = given["charters"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UsageError(f"In regel {line.number} is charters geen lijst van namen", '"charters": ["NAAM"]')
    return tuple(names)
