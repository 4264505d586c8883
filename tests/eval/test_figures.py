import re
from pathlib import Path

import pytest

from eval.figures import END, ROWS, START, SYSTEMS_END, SYSTEMS_START, main, rivals_of, systems
from eval.program import ended
from eval.run import run

ROOT = Path(__file__).parents[2]
NEAR = 0.08


def recorded():
    """The figures of the README, by name."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = {row.label: row.name for row in ROWS if row.name != "verbatim"}
    found = re.findall(r"^\| (.+?) \| .*? \| (\d\.\d\d) \(", readme, re.M)
    return {rows[label]: float(value) for label, value in found if label in rows}


def test_the_bounds_in_ci_stand_a_little_beside_the_recorded_figures():
    """So that a regression fails: measured better, then move the bound as well."""
    bounds = re.findall(r"--at-(least|most) ([\w@]+)=([\d.]+)", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    bounded = {name for _, name, _ in bounds}
    assert {"correct", "recall@5", "f1", "verbatim", "false_refusal"} <= bounded
    assert bounded - {"verbatim"} <= recorded().keys()
    for kind, name, value in bounds:
        if name in recorded():
            room = recorded()[name] - float(value)
            assert 0 <= (room if kind == "least" else -room) <= NEAR, name


@pytest.fixture
def measured(gold, source, oracle, tmp_path):
    """A perfect system, and beside it one that never cites and one that is as good."""
    settings = {"name": "Charterwijzer", "gold": ["dev_single.jsonl"]}
    some = [one for one in gold if one.roll is None and one.answerable][:20]

    def silent(question):
        return oracle(question) | {"citations": []}

    made = run(some, oracle, source, tmp_path / "een", settings)
    run(some, silent, source, tmp_path / "een" / "silent", settings | {"label": "without citing"})
    run(some, oracle, source, tmp_path / "een" / "same", settings | {"label": "without anything else"})
    return made


def row(table, name):
    (line,) = (line for line in table.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_a_figure_that_surely_differs_is_bold_and_one_that_is_the_same_is_not(measured):
    table = systems(measured, rivals_of(measured))
    assert row(table, "**Charterwijzer**")[:2] == ["1.00", "1.00"]
    assert row(table, "without citing")[:2] == ["**0.00**", "1.00"]
    assert row(table, "without anything else")[:2] == ["1.00", "1.00"]
    assert row(table, "without citing")[-1] == "–"  # no question over all charters was asked
    assert "20 single" in table


def test_what_an_earlier_run_left_in_the_folder_is_not_in_the_table(measured, gold, source, oracle):
    later = run(gold[:1], oracle, source, measured.folder, {"started": "later"})
    object.__setattr__(later, "info", {**later.info, "started": "9999-01-01"})
    assert rivals_of(later) == []


def test_the_command_writes_both_tables_between_their_markers(measured, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"# Titel\n{START}\noud\n{END}\nmidden\n{SYSTEMS_START}\noud\n{SYSTEMS_END}\nslot\n")
    assert ended(main, [str(measured.folder), str(readme)]) == 0
    written = readme.read_text()
    assert "oud" not in written and "without citing" in written
    assert [part in written for part in ("# Titel\n", f"{END}\nmidden\n", f"{SYSTEMS_END}\nslot\n")] == [True] * 3
