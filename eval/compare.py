"""Two runs, question by question: what got better, what got worse, and whether it is more than chance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eval.gold import GoldQuestion
from eval.run import Result, Run
from eval.summary import ALL, NAMES, Estimate, bootstrap, decimal, groups, mcnemar


@dataclass(frozen=True)
class Difference:
    """One figure in two runs: the paired difference with its interval, and McNemar's p if it is yes or no."""

    name: str
    before: float
    after: float
    difference: Estimate
    gained: int
    lost: int
    p: float | None


@dataclass(frozen=True)
class Change:
    """One question of which the deciding figure changed."""

    question: GoldQuestion
    name: str
    before: float
    after: float


@dataclass(frozen=True)
class Comparison:
    """What run ``after`` changed; ``unpaired`` questions stand in one run only and are left out."""

    before: Run
    after: Run
    differences: dict[str, list[Difference]]
    changes: list[Change]
    unpaired: list[str]

    @property
    def better(self) -> list[Change]:
        """The questions that gained."""
        return [change for change in self.changes if change.after > change.before]

    @property
    def worse(self) -> list[Change]:
        """The questions that lost."""
        return [change for change in self.changes if change.after < change.before]


def compare(before: Run, after: Run) -> Comparison:
    """Compare two runs on the questions they share."""
    old, new = before.by_id, after.by_id
    shared = [(result, new[name]) for name, result in old.items() if name in new]
    later = groups([result for _, result in shared])
    return Comparison(
        before,
        after,
        {group: _differences([(old[one.question.id], one) for one in part]) for group, part in later.items()},
        [change for pair in shared if (change := _change(*pair))],
        sorted(old.keys() ^ new.keys()),
    )


def surely_differs(before: Run, after: Run, figures: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those figures (group, name) of which the paired 95% interval of the difference leaves out nought."""
    old, new = before.by_id, groups(after.results)
    found = set()
    for group, name in figures:
        pairs = [(old[one.question.id].figures, one.figures) for one in new.get(group, []) if one.question.id in old]
        changes = [now[name] - then[name] for then, now in pairs if name in then and name in now]
        if changes and not (spread := bootstrap(changes)).low <= 0 <= spread.high:
            found.add((group, name))
    return found


def deciding(question: GoldQuestion) -> str:
    """Return the figure that says whether a question went well."""
    if question.roll is not None:
        return "f1"
    return "correct" if question.answerable else "refused_unanswerable"


def _change(old: Result, new: Result) -> Change | None:
    name = deciding(new.question)
    before, after = old.figures[name], new.figures[name]
    return Change(new.question, name, before, after) if before != after else None


def _differences(pairs: list[tuple[Result, Result]]) -> list[Difference]:
    found = []
    for name in ALL:
        both = [
            (old.figures[name], new.figures[name]) for old, new in pairs if name in old.figures and name in new.figures
        ]
        if both:
            found.append(_difference(name, both))
    return found


def _difference(name: str, both: list[tuple[float, float]]) -> Difference:
    n, gained, lost = len(both), sum(a < b for a, b in both), sum(a > b for a, b in both)
    binary = {value for pair in both for value in pair} <= {0.0, 1.0}
    return Difference(
        name,
        sum(before for before, _ in both) / n,
        sum(after for _, after in both) / n,
        bootstrap([after - before for before, after in both]),
        gained,
        lost,
        mcnemar(gained, lost) if binary else None,
    )


def show(comparison: Comparison) -> RenderableType:
    """Return the comparison for the terminal."""
    parts: list[RenderableType] = [_table(group, rows) for group, rows in comparison.differences.items()]
    parts.append(
        Text(
            "interval: 95%; op/neer: vragen die beter en slechter gingen; p: toets van McNemar; vet: meer dan toeval\n"
        )
    )
    parts.append(_changes("Beter", comparison.better))
    parts.append(_changes("Slechter", comparison.worse))
    if comparison.unpaired:
        lost = comparison.unpaired
        parts.append(Text(f"Niet meegeteld, want maar in één meting ({len(lost)}): {', '.join(lost)}"))
    return Group(*parts)


def _table(group: str, rows: Sequence[Difference]) -> RenderableType:
    """Return the figures that changed as a table that fits a terminal of 80 columns, and name those that did not."""
    table = Table(title=NAMES[group], title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("maat", "eerst", "nu", "verschil", "interval", "op/neer", "p"):
        table.add_column(heading, justify="left" if heading == "maat" else "right", no_wrap=True)
    for row in (row for row in rows if row.gained or row.lost):
        found = row.difference
        table.add_row(
            row.name,
            decimal(row.before, ".2f"),
            decimal(row.after, ".2f"),
            decimal(found.mean, "+.2f"),
            f"{decimal(found.low, '+.2f')}…{decimal(found.high, '+.2f')}",
            f"{row.gained}/{row.lost}",
            "" if row.p is None else decimal(row.p, ".2f"),
            style="" if found.low <= 0 <= found.high else "bold",
        )
    same = ", ".join(row.name for row in rows if not (row.gained or row.lost))
    kept = Text(f"Gelijk gebleven: {same}\n") if same else Text()
    return Group(table, kept) if table.row_count else Group(Text(NAMES[group], style="italic"), kept)


def _changes(heading: str, changes: list[Change]) -> RenderableType:
    lines = [f"{heading}: {len(changes)}"]
    for change in changes:
        moved = f"{change.name} {decimal(change.before, '.2f')} → {decimal(change.after, '.2f')}"
        lines.append(f"  {change.question.id:16} {moved:32} {change.question.question}")
    return Text("\n".join(lines), overflow="ellipsis", no_wrap=True)
