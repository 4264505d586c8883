"""What the language model is shown: instructions in Dutch, numbered sentences of the source, and the question.

The texts are files in ``qa/prompts``. What comes from a document or a user is data: it goes in on one line, between
guillemets that it cannot close and without numbers in brackets, so that it cannot pose as a source or a rule.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Template
from typing import Literal

from qa.check import Source

Form = Literal["single", "list"]
CHARACTERS_A_TOKEN = 2.5  # of Dutch, on the careful side for the tokenizers of small models
_BRACKETED = re.compile(r"\[\s*([\d,;\s]+?)\s*\]")


def messages(form: Form, question: str, sources: Sequence[Source], sentences: int = 4) -> list[tuple[str, str]]:
    """Return the conversation (role, text) that asks for an answer from these sources."""
    asked = Template(_file(form)).substitute(
        sources="\n".join(shown(source) for source in sources),
        question=as_data(question),
        sentences=str(sentences),
        lines="\n".join(_lines(sources)),
    )
    return [("system", _file("system").strip()), ("user", asked.strip())]


def _lines(sources: Sequence[Source]) -> list[str]:
    """A line to fill in for every charter, with the numbers that are its own: small models copy what they see."""
    numbers: dict[str, str] = {}
    for source in sources:
        numbers[source.charter] = f"{numbers.get(source.charter, '')}[{source.n}]"
    return [f"{as_data(charter)}: … {given}" for charter, given in numbers.items()]


def shown(source: Source) -> str:
    """Return a source on one line: number, charter, party, section, and the sentence."""
    where = " › ".join(as_data(step) for step in source.section[-2:])
    return f"[{source.n}] {source.charter}, {source.actor}{f' ({where})' if where else ''}: «{as_data(source.text)}»"


def as_data(text: str) -> str:
    """Return text of a document or user on one line, with nothing that could pose as a part of the prompt."""
    text = _BRACKETED.sub(r"(\1)", text.replace("«", "“").replace("»", "”"))
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def fitting(sources: Sequence[Source], context: int, reserved: int) -> tuple[Source, ...]:
    """Return as many of the sources, from the first, as fit a context of so many tokens beside the rest."""
    left = (context - reserved) * CHARACTERS_A_TOKEN - sum(map(len, (_file("system"), _file("list"))))
    kept: list[Source] = []
    for source in sources:
        left -= len(shown(source)) + 1
        if left < 0:
            break
        kept.append(source)
    return tuple(kept)


@cache
def _file(name: str) -> str:
    return files("qa").joinpath("prompts", f"{name}.txt").read_text(encoding="utf-8")
