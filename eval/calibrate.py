"""Choose the refusal threshold: refuse an answer whose ``confidence`` lies under it.

The threshold is chosen for what refusing is worth: the share of unanswerable questions that are refused, less
the share of answerable ones (Youden's J, 1950). It is cross-validated: each charter's questions are
refused with the threshold that the other charters chose. ``python -m eval.calibrate RUN`` prints the table.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from eval.metrics import share
from eval.program import program
from eval.run import Result, Run, read_run
from eval.summary import decimal
from ingest.errors import GoldError, UsageError


@dataclass(frozen=True)
class Point:
    """One single question: how certain its answer is, and whether it has one in the corpus."""

    charters: tuple[str, ...]
    confidence: float
    answerable: bool
    correct: bool


@dataclass(frozen=True)
class Choice:
    """What one threshold does: the shares of questions refused, and the correct answers withheld."""

    threshold: float
    refused_unanswerable: float
    false_refusal: float
    withheld: int

    @property
    def worth(self) -> float:
        """Youden's J."""
        return self.refused_unanswerable - self.false_refusal


@dataclass(frozen=True)
class Calibration:
    """The chosen threshold, all choices, what the other charters chose for each, and the cost held out."""

    chosen: Choice
    choices: tuple[Choice, ...]
    by_charter: dict[str, float]
    held_out: Choice


def points(results: Sequence[Result]) -> list[Point]:
    """Return the single questions with their confidence; one refused or answered without any is certain."""
    return [_point(result) for result in results if result.question.roll is None and result.answer]


def _point(result: Result) -> Point:
    answer = result.answer or {}
    without = -inf if answer.get("refused") else inf
    given = answer.get("confidence")
    return Point(
        result.question.charters,
        without if given is None else float(given),
        result.question.answerable,
        result.figures.get("correct", 0.0) == 1,
    )


def thresholds(some: Sequence[Point]) -> list[float]:
    """Return one threshold under, between and above the confidences that occur."""
    seen = sorted({point.confidence for point in some if isfinite(point.confidence)})
    if not seen:
        return []
    return [seen[0], *((low + high) / 2 for low, high in pairwise(seen)), seen[-1] + 1e-6]


def cost(some: Sequence[Point], threshold: float) -> Choice:
    """Return what refusing everything under ``threshold`` does."""
    return _choice(some, [point for point in some if point.confidence < threshold], threshold)


def _choice(some: Sequence[Point], refused: Sequence[Point], threshold: float) -> Choice:
    return Choice(
        threshold,
        share([p for p in refused if not p.answerable], [p for p in some if not p.answerable]),
        share([p for p in refused if p.answerable], [p for p in some if p.answerable]),
        sum(point.correct for point in refused),
    )


def choose(some: Sequence[Point]) -> Choice:
    """Return the choice that is worth most; of equals the lowest, which refuses least."""
    return max((cost(some, threshold) for threshold in thresholds(some)), key=lambda choice: choice.worth)


def calibrate(run: Run) -> Calibration:
    """Choose the threshold on all questions, and measure it on charters that had no say in it."""
    some = points(run.results)
    if not thresholds(some) or all(point.answerable for point in some):
        raise GoldError(
            f"In {run.folder} valt geen drempel te kiezen",
            "losse vragen met 'confidence' in het antwoord, ook onbeantwoordbare",
            "Meet opnieuw met charterwijzer eval --out MAP",
        )
    folds: dict[tuple[str, ...], list[Point]] = defaultdict(list)
    for point in some:
        folds[point.charters].append(point)
    chosen = {charters: choose(others(some, charters)).threshold for charters in folds}
    refused = [p for charters, fold in folds.items() for p in fold if p.confidence < chosen[charters]]
    best = choose(some)
    choices = tuple(cost(some, threshold) for threshold in thresholds(some))
    by_charter = {", ".join(charters): threshold for charters, threshold in chosen.items()}
    return Calibration(best, choices, by_charter, _choice(some, refused, best.threshold))


def others(some: Sequence[Point], charters: tuple[str, ...]) -> list[Point]:
    """Return the questions about none of these charters, not even beside another; of no charter is a charter too."""
    return [p for p in some if not set(p.charters) & set(charters) and p.charters != charters]


def show(found: Calibration, rows: int = 20) -> RenderableType:
    """Return the table of choices, thinned to about ``rows``, and what was chosen."""
    table = Table(title="Wat elke drempel kost", title_justify="left")
    for heading in (
        "drempel",
        "terecht geweigerd",
        "onterecht geweigerd",
        "goed maar ingehouden",
        "saldo",
    ):
        table.add_column(heading, justify="right")
    step = max(1, len(found.choices) // rows)
    for place, choice in enumerate(found.choices):
        if place % step == 0 or choice == found.chosen:
            table.add_row(*_cells(choice), style="bold green" if choice == found.chosen else "")
    low, high = min(found.by_charter.values()), max(found.by_charter.values())
    return Group(
        table,
        Text(
            f"Gekozen: {decimal(found.chosen.threshold, '.4f')}; telkens zonder één charter: "
            f"{decimal(low, '.4f')} tot {decimal(high, '.4f')}."
        ),
        Text(
            "Op charters die niet meekozen: "
            f"{decimal(found.held_out.refused_unanswerable, '.1%')} van de onbeantwoordbare vragen terecht geweigerd, "
            f"{decimal(found.held_out.false_refusal, '.1%')} van de beantwoordbare onterecht."
        ),
    )


def _cells(choice: Choice) -> tuple[str, ...]:
    right, wrong = decimal(choice.refused_unanswerable, ".1%"), decimal(choice.false_refusal, ".1%")
    return decimal(choice.threshold, ".4f"), right, wrong, str(choice.withheld), decimal(choice.worth, "+.3f")


def main(arguments: Sequence[str]) -> None:
    """Print the calibration of one run."""
    if len(arguments) != 1:
        raise UsageError("Verkeerd aantal argumenten", "python -m eval.calibrate MAP")
    Console().print(show(calibrate(read_run(Path(arguments[0])))))


if __name__ == "__main__":
    program(main)
