"""Write the README's table of figures from runs, so that every number there comes from a file.

    charterwijzer eval eval/gold/dev_single.jsonl eval/gold/dev_collection.jsonl --out runs/dev
    python -m eval.figures runs/dev README.md

Give several runs for several columns. With ``--peers`` the first run also gives the table of systems: what each part
of the design is worth, and what other systems find. Only what stands between the markers changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.compare import surely_differs
from eval.metrics import Figures
from eval.program import program
from eval.run import Result, Run, read_run
from eval.summary import ALL, Estimate, estimates, groups, means, percentile
from ingest.errors import CharterwijzerError, UsageError

START, END = "<!-- figures -->", "<!-- /figures -->"
SYSTEMS_START, SYSTEMS_END = "<!-- systems -->", "<!-- /systems -->"
FLAGSHIP = "welke steden nemen deel aan experiment gezonde wijk?"


@dataclass(frozen=True)
class Row:
    """One figure: what the reader sees, the group and name it has in a run, and the aim."""

    label: str
    group: str
    name: str
    target: str


ROWS = (
    Row("recall@5", "single", "recall@5", "≥ 0.95"),
    Row("recall@10", "single", "recall@10", "≥ 0.97"),
    Row("correct, single questions", "single", "correct", "≥ 0.78"),
    Row("unanswerable questions refused", "single", "refused_unanswerable", "≥ 0.85"),
    Row("false refusals", "single", "false_refusal", "≤ 0.05"),
    Row("verbatim quotes, single questions", "single", "verbatim", "1.00"),
    Row("F1, collection questions", "collection", "f1", "≥ 0.93"),
    Row("collection lists without an error", "collection", "exact", "≥ 0.70"),
    Row("verbatim quotes, collection questions", "collection", "verbatim", "1.00"),
)
TIMES = (("single", "≤ 300 ms"), ("collection", "≤ 1500 ms"))


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, ["---"] * len(heads), *rows))


def table(runs: Sequence[Run]) -> str:
    """Return the figures as a Markdown table, one column a run, with 95% intervals and its origin."""
    heads = ["", "aim", *(_title(run) for run in runs)]
    lines = []
    measured = [{group: estimates(part) for group, part in groups(run.results).items()} for run in runs]
    for row in ROWS:
        found = [_shown(groups_of.get(row.group, {}).get(row.name)) for groups_of in measured]
        lines.append([row.label, row.target, *found])
    lines.append(["flagship question", "exact", *(_flagship(run.results) for run in runs)])
    for group, target in TIMES:
        lines.append([f"median time, warm, {group}", target, *(_median(run.results, group) for run in runs)])
    origins = "  \n".join(_origin(run) for run in runs)
    return f"{markdown(heads, lines)}\n\n{origins}"


COLUMNS = (
    ("correct", "single", "correct"),
    ("recall@1", "single", "recall@1"),
    ("recall@5", "single", "recall@5"),
    ("recall@10", "single", "recall@10"),
    ("MRR", "single", "mrr"),
    ("unanswerable refused", "single", "refused_unanswerable"),
    ("false refusals", "single", "false_refusal"),
    ("F1, collection", "collection", "f1"),
    ("lists exact", "collection", "exact"),
)


def systems(run: Run, rivals: Sequence[Run]) -> str:
    """Return a Markdown table with a row for the system and each of its rivals.

    A figure is bold where the 95% interval of the paired difference with our system leaves out nought.
    """
    lines = [["**Charterwijzer**", *_cells(run, set())]]
    for rival in rivals:
        differs = surely_differs(run, rival, [(group, name) for _, group, name in COLUMNS])
        lines.append([str(rival.info["label"]), *_cells(rival, differs)])
    return f"{markdown(['', *(heading for heading, _, _ in COLUMNS)], lines)}\n\n{_origin(run)}"


def _cells(run: Run, differs: set[tuple[str, str]]) -> list[str]:
    found: dict[str, Figures] = {group: means(part, ALL) for group, part in groups(run.results).items()}
    cells = []
    for _, group, name in COLUMNS:
        value = found.get(group, {}).get(name)
        shown = "–" if value is None else f"{value:.2f}"
        cells.append(f"**{shown}**" if (group, name) in differs else shown)
    return cells


def rivals_of(run: Run) -> list[Run]:
    """Return what was measured beside a run, in that order; not what an earlier run left in its folder."""
    found = [read_run(path.parent) for path in run.folder.glob("*/figures.json")]
    beside = [rival for rival in found if "label" in rival.info and rival.info["started"] >= run.info["started"]]
    return sorted(beside, key=lambda rival: (str(rival.info["started"]), rival.name))


def rewrite(text: str, content: str, start: str = START, end: str = END) -> str:
    """Return ``text`` with ``content`` between the two markers; CharterwijzerError without them."""
    before, opened, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not (opened and closed):
        raise CharterwijzerError("Er is geen plaats voor de cijfers", f"de regels {start} en {end}")
    return f"{before}{start}\n{content}\n{end}{after}"


def _title(run: Run) -> str:
    gold = run.info.get("gold") or [run.name]
    return ", ".join(Path(name).stem for name in gold)


def _shown(found: Estimate | None) -> str:
    return f"{found.mean:.2f} ({found.low:.2f}–{found.high:.2f}, n={found.n})" if found else "–"


def _flagship(results: Sequence[Result]) -> str:
    asked = [one.figures for one in results if one.question.question.lower() == FLAGSHIP]
    if not asked:
        return "–"
    return "exact" if asked[0].get("exact") == 1 else f"not exact, F1 {asked[0].get('f1', 0.0):.2f}"


def _median(results: Sequence[Result], group: str) -> str:
    times = [
        float(one.answer["timings_ms"]["total"])
        for one in groups(results).get(group, [])
        if one.answer and one.answer.get("timings_ms")
    ]
    return f"{percentile(times, 0.5):.0f} ms" if times else "–"


def _origin(run: Run) -> str:
    info = run.info
    asked = " and ".join(f"{len(part)} {group}" for group, part in groups(run.results).items())
    return (
        f"{_title(run)}: {asked}; {info.get('started', '')[:10]}, commit {info.get('commit') or 'unknown'}, "
        f"{info.get('machine', '')}, Python {info.get('python', '')}."
    )


def main(arguments: Sequence[str]) -> None:
    """Rewrite the tables from run folders (or a file in one); the README comes last."""
    if len(arguments) < 2:
        raise UsageError("Te weinig argumenten", "python -m eval.figures METING… README.md")
    *folders, readme = map(Path, arguments)
    runs = [read_run(path.parent if path.is_file() else path) for path in folders]
    text = rewrite(readme.read_text(encoding="utf-8"), table(runs))
    if rivals := rivals_of(runs[0]):
        text = rewrite(text, systems(runs[0], rivals), SYSTEMS_START, SYSTEMS_END)
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    program(main)
