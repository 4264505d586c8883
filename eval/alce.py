"""Citation recall and precision, statement by statement (Gao et al., ALCE, 2023), without a language model.

A statement is what stands before a marker, with all markers that follow it at once. Where ALCE asks a model whether
quotes entail a statement, here they support it when they hold at least 60% of its different words, the same share
that makes a citation hit gold evidence. On the gold evidence itself, see ``cite_recall`` and ``cite_precision``.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.matching import words

MIN_SUPPORT = 0.6
_MARKERS = re.compile(r"((?:\s*\[\d+(?:\s*[,;–-]\s*\d+)*\])+)")


@dataclass(frozen=True)
class Statement:
    """A stretch of an answer and the numbers of the citations that it carries."""

    text: str
    cited: tuple[int, ...]


def statements(text: str) -> list[Statement]:
    """Return the statements of an answer; what follows the last marker is one without citations."""
    pieces = _MARKERS.split(text)
    found = [
        Statement(said, tuple(int(number) for number in re.findall(r"\d+", marked)))
        for said, marked in zip(pieces[::2], [*pieces[1::2], ""], strict=True)
    ]
    return [one for one in found if words(one.text)]


def alce(text: str, citations: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return ``alce_recall`` and ``alce_precision`` of an answer; both 0 for one that says or cites nothing.

    Recall is the share of statements that their citations together support. A citation is precise when its statement
    is supported, and it either supports it alone or is needed for it; precision is the share that is.
    """
    quotes = {c.get("n"): words(str(c.get("quote") or "")) for c in citations}
    supported, precise, used, said = 0, 0, 0, statements(text)
    for statement in said:
        needed = words(statement.text)
        cited = [quotes.get(number, frozenset()) for number in statement.cited]
        whole = supports(cited, needed)
        supported += whole
        used += len(cited)
        for place, quote in enumerate(cited):
            rest = cited[:place] + cited[place + 1 :]
            precise += whole and (supports([quote], needed) or not supports(rest, needed))
    return {
        "alce_recall": supported / len(said) if said else 0.0,
        "alce_precision": precise / used if used else 0.0,
    }


def supports(quotes: Sequence[Collection[str]], needed: Collection[str]) -> bool:
    """Whether the quotes together hold enough of the words."""
    held = set().union(*quotes)
    return len(held & set(needed)) >= MIN_SUPPORT * len(needed)
