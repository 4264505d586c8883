"""How quick and how large: ``python -m eval.bench [--cold | --users 20] [--out FILE.json]``, with real processes.

Never a timed test: what it measures depends on the machine, which it names. ``--cold`` also measures the first use of
all, with the model still packed. ``--users`` measures, instead, how long people wait who ask the page at once.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

from eval.crowd import served, together
from eval.gold import Source, bundled_gold, read_gold
from eval.program import program
from index.encoder import prepare_encoder
from ingest.errors import CharterwijzerError
from qa.settings import Settings, load_settings

QUESTION = "wat is een Kindlint?"
ROUNDS = 5  # that many people ask at once, after one round that does not count


@dataclass(frozen=True)
class Measure:
    """One figure: what, how much, in which unit, and how much was wanted at most."""

    name: str
    value: float
    unit: str
    wanted: float | None = None


def bench(settings: Settings, folder: Path, cold: bool, step: Callable[[str], None]) -> list[Measure]:
    """Measure everything with an index in ``folder``; ``step`` is told what is being measured."""
    environment = {**os.environ, "CHARTERWIJZER_CACHE_DIR": str(settings.cache_dir)}
    index = str(folder / "index")
    out: list[Measure] = []
    if cold:
        step("index van niets, model nog ingepakt")
        first = {**environment, "CHARTERWIJZER_CACHE_DIR": str(folder / "cache")}
        out.append(Measure("index van niets, model nog ingepakt", _seconds(first, "index", "--index", index), "s"))
    prepare_encoder(settings.model, settings.cache_dir, step)
    step("index van niets")
    built = _seconds(environment, "index", "--rebuild", "--index", index)
    out.append(Measure("index van niets", built, "s", 120))
    step("index, niets veranderd")
    out.append(Measure("index, niets veranderd", _seconds(environment, "index", "--index", index), "s", 2))
    step("ask in een nieuw proces")
    asked = median(_seconds(environment, "ask", QUESTION, "--index", index) for _ in range(3))
    out.append(Measure("ask in een nieuw proces", asked, "s", 8))
    out.append(Measure("geheugen van ask, piek", _peak(environment, "ask", QUESTION, "--index", index), "GB", 1.5))
    step("alle goudvragen, warm")
    return out + _warm(environment, folder, index)


def crowd(settings: Settings, users: int, step: Callable[[str], None]) -> list[Measure]:
    """Measure how long so many people wait who each ask one question of the development gold at the same moment."""
    gold = [one for one in read_gold(bundled_gold("dev_single*"), Source.read()) if one.answerable]
    rounds = [[gold[(i * users + j) % len(gold)].question for j in range(users)] for i in range(ROUNDS + 1)]
    environment = {**os.environ, "CHARTERWIJZER_CACHE_DIR": str(settings.cache_dir)}
    step("pagina start")
    with served(environment) as page:
        step(f"{ROUNDS} keer {users} vragen tegelijk")
        _, *counted = [together(page, questions) for questions in rounds]
    waited = [seconds for some in counted for seconds in some]
    name = f"antwoord op de pagina, {users} vragen tegelijk"
    return [
        Measure(f"{name}: mediaan", median(waited), "s"),
        Measure(f"{name}: 95e percentiel", quantiles(waited, n=20, method="inclusive")[-1], "s", 2),
    ]


def _seconds(environment: dict[str, str], *arguments: str) -> float:
    began = time.perf_counter()
    _run(environment, *arguments)
    return time.perf_counter() - began


def _run(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "ui.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["geen melding"])[-1]
        raise CharterwijzerError(f"charterwijzer {arguments[0]} mislukte: {last}", "", "Kijk met: charterwijzer doctor")
    return done.stdout


def _peak(environment: dict[str, str], *arguments: str) -> float:
    """Return the peak memory of one command in GB: that of the largest child of a process that has only this one."""
    program = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", program, sys.executable, "-m", "ui.cli", *arguments]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    unit = 1 if platform.system() == "Darwin" else 1024
    return int(said) * unit / 1e9


def _warm(environment: dict[str, str], folder: Path, index: str) -> list[Measure]:
    """Return the median time of an answer of each kind, over the gold questions in one process."""
    file = folder / "questions.jsonl"
    gold = read_gold(bundled_gold("dev_*"), Source.read())
    lines = ({"id": one.id, "question": one.question, "previous": one.previous or None} for one in gold)
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    spent: dict[str, list[float]] = {}
    for line in _run(environment, "ask", "--batch", str(file), "--json", "--index", index).splitlines():
        answer = json.loads(line)
        spent.setdefault(answer["kind"], []).append(answer["timings_ms"]["total"])
    wanted = {"single": 300.0, "collection": 1500.0}
    return [
        Measure(f"antwoord, warm, mediaan van {len(times)}: {kind}", median(times), "ms", wanted.get(kind))
        for kind, times in sorted(spent.items(), reverse=True)
    ]


def machine() -> dict[str, object]:
    """Return what the figures depend on."""
    return {
        "measured": time.strftime("%Y-%m-%d"),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
    }


def table(measures: Sequence[Measure]) -> Table:
    """Return the figures for reading."""
    out = Table()
    for heading in ("", "gemeten", "hoogstens"):
        out.add_column(heading, justify="right" if heading else "left")
    for one in measures:
        wanted = "" if one.wanted is None else f"{one.wanted:g} {one.unit}"
        out.add_row(one.name, f"{one.value:.3g} {one.unit}", wanted)
    return out


def main(arguments: Sequence[str]) -> None:
    """Measure, show and write."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description="Meet hoe snel en hoe groot.")
    parser.add_argument("--cold", action="store_true", help="meet ook het eerste gebruik, met uitpakken")
    parser.add_argument(
        "--users", type=int, help="meet hoe lang zoveel mensen wachten die de pagina tegelijk iets vragen"
    )
    parser.add_argument("--out", type=Path, help="schrijf de metingen in dit JSON-bestand")
    given = parser.parse_args(arguments)
    errors = Console(stderr=True)

    def step(text: str) -> None:
        errors.print(f"{text}…")

    settings = load_settings()
    if given.users:
        measures = crowd(settings, given.users, step)
    else:
        with tempfile.TemporaryDirectory() as folder:
            measures = bench(settings, Path(folder), given.cold, step)
    Console().print(table(measures))
    if given.out:
        record = machine() | {"measures": [asdict(one) for one in measures]}
        given.out.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    program(main)
