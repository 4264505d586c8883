"""Score a file of answers: ``python -m eval.score GOLD ANSWERS.jsonl``.

The answers are those of ``charterwijzer ask --batch QUESTIONS --json``, or of any other system.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from eval.gold import GoldQuestion, Source, read_gold
from eval.metrics import score
from eval.program import program
from eval.summary import (
    CHECKS,
    COLLECTION,
    NAMES,
    REFUSAL,
    RETRIEVAL,
    SINGLE,
    SUPPORT,
    Scored,
    decimal,
    figure,
    groups,
    refusals,
)
from ingest.errors import GoldError, UsageError

COLUMNS = (
    ("Antwoord", (*SINGLE, *COLLECTION)),
    ("Weigeren", REFUSAL),
    ("Zoeken", RETRIEVAL),
    ("Herkomst", SUPPORT),
    ("Controle", CHECKS),
)


def score_all(
    questions: Iterable[GoldQuestion], answers: Mapping[str, Mapping[str, Any]], source: Source
) -> list[Scored]:
    """Score every question; one without an answer counts as wrong."""
    return [Scored(question, score(question, answers.get(question.id), source)) for question in questions]


def read_answers(path: Path) -> dict[str, dict[str, Any]]:
    """Read answer objects, one a line, by their id; raise GoldError at a line that is none."""
    answers: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if line.strip():
            answer = _answer(line, f"{path}, regel {number}")
            answers[answer["id"]] = answer
    return answers


def _answer(line: str, place: str) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except json.JSONDecodeError as error:
        raise GoldError(f"{place}: geen geldige JSON ({error.msg})", "één antwoord per regel") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
        raise GoldError(f"{place}: geen antwoord met een 'id'", "uitvoer van charterwijzer ask --batch … --json")
    return answer


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path} is niet te lezen: {error}") from error


def tables(scored: Sequence[Scored]) -> Iterable[Table]:
    """Return one table for the single questions and one for the collections."""
    for group, part in groups(scored).items():
        table = Table(title=f"{NAMES[group]} ({len(part)})", title_justify="left")
        for heading in ("", "maat", "waarde", "n"):
            table.add_column(heading, justify="right" if heading in ("waarde", "n") else "left")
        for heading, names in COLUMNS:
            values = {name: figure(part, name) for name in names}
            _rows(table, heading, values | ({"refusal_precision": refusals(part)} if names == REFUSAL else {}))
        yield table


def _rows(table: Table, heading: str, values: Mapping[str, Sequence[float]]) -> None:
    found = {name: given for name, given in values.items() if given}
    for place, (name, given) in enumerate(found.items()):
        mean = sum(given) / len(given)
        shown = decimal(mean, ".1f" if name == "words" else ".3f")
        table.add_row(heading if not place else "", name, shown, str(len(given)))
    if found:
        table.add_section()


def main(arguments: Sequence[str]) -> None:
    """Score the answers in the last file against the gold in the others."""
    if len(arguments) < 2:
        raise UsageError("Te weinig argumenten", "python -m eval.score GOUD.jsonl … ANTWOORDEN.jsonl")
    *gold, answers = map(Path, arguments)
    source = Source.read()
    for table in tables(score_all(read_gold(gold, source), read_answers(answers), source)):
        Console().print(table)


if __name__ == "__main__":
    program(main)
