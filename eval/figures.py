"""Write the README's table of figures from runs, so that every number there comes from a file.

    charterwijzer eval eval/gold/dev_single.jsonl eval/gold/dev_collection.jsonl --out runs/dev
    python -m eval.figures runs/dev README.md

Give several runs for several columns. Only what stands between the two markers changes.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from eval.run import Result, Run, read_run
from eval.summary import Estimate, estimates, groups, percentile
from ingest.errors import CharterwijzerError, UsageError

START, END = "<!-- figures -->", "<!-- /figures -->"
FLAGSHIP = "welke steden nemen deel aan experiment gezonde wijk?"


@dataclass(frozen=True)
class Row:
    """One figure: what the reader sees, the group and name it has in a run, and the aim."""

    label: str
    group: str
    name: str
    target: str


ROWS = (
    Row("recall@5", "single", "recall@5", "≥ 0.90"),
    Row("recall@10", "single", "recall@10", "≥ 0.94"),
    Row("correct, single questions", "single", "correct", "≥ 0.65"),
    Row("unanswerable questions refused", "single", "refused_unanswerable", "≥ 0.70"),
    Row("false refusals", "single", "false_refusal", "≤ 0.08"),
    Row("verbatim quotes, single questions", "single", "verbatim", "1.00"),
    Row("F1, collection questions", "collection", "f1", "≥ 0.85"),
    Row("collection lists without an error", "collection", "exact", ""),
    Row("verbatim quotes, collection questions", "collection", "verbatim", "1.00"),
)
TIMES = (("single", "≤ 100 ms"), ("collection", "≤ 500 ms"))


def table(runs: Sequence[Run]) -> str:
    """Return the figures as a Markdown table, one column a run, with 95% intervals and its origin."""
    heads = ["", "aim", *(_title(run) for run in runs)]
    lines = [heads, ["---"] * len(heads)]
    measured = [{group: estimates(part) for group, part in groups(run.results).items()} for run in runs]
    for row in ROWS:
        found = [_shown(groups_of.get(row.group, {}).get(row.name)) for groups_of in measured]
        lines.append([row.label, row.target, *found])
    lines.append(["flagship question", "exact", *(_flagship(run.results) for run in runs)])
    for group, target in TIMES:
        lines.append([f"median time, warm, {group}", target, *(_median(run.results, group) for run in runs)])
    rows = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    origins = "  \n".join(_origin(run) for run in runs)
    return f"{rows}\n\n{origins}"


def rewrite(text: str, content: str) -> str:
    """Return ``text`` with ``content`` between the two markers; CharterwijzerError without them."""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise CharterwijzerError("Er is geen plaats voor de cijfers", f"de regels {START} en {END}")
    return f"{before}{START}\n{content}\n{END}{after}"


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


def main(arguments: Sequence[str]) -> int:
    """Rewrite the table from run folders (or a file in one); the README comes last. Return the exit code."""
    try:
        if len(arguments) < 2:
            raise UsageError("Te weinig argumenten", "python -m eval.figures METING… README.md")
        *folders, readme = map(Path, arguments)
        runs = [read_run(path.parent if path.is_file() else path) for path in folders]
        readme.write_text(rewrite(readme.read_text(encoding="utf-8"), table(runs)), encoding="utf-8")
    except CharterwijzerError as error:
        Console(stderr=True).print(str(error), markup=False)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
