"""The command ``charterwijzer eval``: score the system, compare runs, choose the refusal threshold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from platformdirs import user_data_path
from rich.console import Console
from rich.progress import track
from rich.table import Table

from eval import calibrate as calibration
from eval import compare as comparing
from eval.gold import GoldQuestion, Source, bundled_gold, read_gold
from eval.metrics import Figures
from eval.report import write_report
from eval.run import Ask, Run, read_run, run
from eval.score import tables
from eval.summary import ALL, groups, latency, means
from ingest.errors import CharterwijzerError, UsageError
from qa.model import to_dict
from qa.settings import load_settings


def evaluate(
    gold: Annotated[list[Path] | None, typer.Argument(help="Goudbestanden; zonder: de meegeleverde.")] = None,
    report: Annotated[Path | None, typer.Option(help="Schrijf een verslag in dit HTML-bestand.")] = None,
    compare: Annotated[
        tuple[Path, Path] | None, typer.Option(metavar="EERST NU", help="Vergelijk twee metingen.")
    ] = None,
    calibrate: Annotated[
        Path | None, typer.Option(metavar="METING", help="Kies uit een meting de drempel om te weigeren.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Map waarin de meting wordt bewaard.")] = None,
    index: Annotated[Path | None, typer.Option(help="Map van de index.")] = None,
    peers: Annotated[bool, typer.Option("--peers", help="Meet ook andere systemen met hetzelfde goud.")] = False,
    at_least: Annotated[
        list[str] | None,
        typer.Option(metavar="MAAT=WAARDE", help="Eindig met een fout als een maat lager is."),
    ] = None,
) -> None:
    """Meet hoe goed de antwoorden zijn, op vragen waarvan het goede antwoord bekend is."""
    console = Console()
    floors = _floors(at_least or [])
    if compare:
        compare_runs(*compare, report, console)
    elif calibrate:
        console.print(calibration.show(calibration.calibrate(read_run(calibrate))))
    else:
        made = measure(gold or bundled_gold(), open_system(index), out or _new_folder(), peers, console)
        if report:
            write_report(report, made[0], others=made[1:])
            console.print(f"Verslag: {report}", markup=False)
        check_floors(made[0], floors)


def compare_runs(before: Path, after: Path, report: Path | None, console: Console) -> None:
    """Show what ``after`` changed; with ``report``, also as a page."""
    found = comparing.compare(read_run(before), read_run(after))
    console.print(comparing.show(found))
    if report:
        write_report(report, found.after, found)


@dataclass(frozen=True)
class System:
    """What is measured: a way to ask, what its answers point into, its settings, and its peers."""

    ask: Ask
    source: Source
    settings: Mapping[str, Any]
    peers: Callable[[], Iterable[tuple[str, Ask]]] = tuple


def open_system(index: Path | None) -> System:
    """Open the engine on an index folder (default: that of the settings)."""
    from eval.peers import peers_of
    from qa.engine import Engine

    settings = load_settings()
    folder = index or settings.index_dir
    engine = Engine.open(folder, settings)

    def ask(question: GoldQuestion) -> Mapping[str, Any]:
        return to_dict(engine.ask(question.question, id=question.id))

    source = Source.of(engine.index.documents.values(), engine.index.charters)
    kept = {"name": "Charterwijzer", **settings.model_dump(mode="json"), "index_dir": str(folder)}
    return System(ask, source, kept, lambda: peers_of(engine.searcher))


def measure(gold: Sequence[Path], system: System, out: Path, peers: bool, console: Console) -> list[Run]:
    """Run the system, and with ``peers`` the others, on the same gold; show the figures; return the runs."""
    questions = read_gold(gold, system.source)
    settings = {**system.settings, "gold": [path.name for path in gold]}
    runs = [run(_progress(questions, "Charterwijzer"), system.ask, system.source, out, settings)]
    show_run(runs[0], console)
    if peers:
        for name, ask in system.peers():
            folder = out / name.replace(" ", "-")
            runs.append(run(_progress(questions, name), ask, system.source, folder, settings | {"name": name}))
        console.print(overview(runs))
    console.print(f"Bewaard in {out}", markup=False)
    return runs


def show_run(made: Run, console: Console) -> None:
    """Print the figures of a run, its times, and the questions that failed."""
    for table in tables(made.results):
        console.print(table)
    for stage, spent in latency([result.answer or {} for result in made.results]).items():
        console.print(f"{stage}: p50 {spent['p50']:.0f} ms, p95 {spent['p95']:.0f} ms", markup=False)
    for result in made.results:
        if result.error:
            console.print(f"Mislukt: {result.question.id}: {result.error}", style="red", markup=False)


def overview(runs: Sequence[Run]) -> Table:
    """Return one row for each system."""
    names = ("correct", "recall@1", "recall@5", "recall@10", "mrr", "f1", "exact")
    table = Table(title="Naast andere systemen", title_justify="left")
    for heading in ("systeem", *names):
        table.add_column(heading, justify="left" if heading == "systeem" else "right")
    for made in runs:
        found = headline_figures(made)
        table.add_row(made.name, *(f"{found[name]:.3f}" if name in found else "–" for name in names))
    return table


def headline_figures(made: Run) -> Figures:
    """Return the mean figures of the single questions, with those of the collections that only they have."""
    found: Figures = {}
    for part in groups(made.results).values():
        found = means(part, ALL) | found
    return found


def check_floors(made: Run, floors: Mapping[str, float]) -> None:
    """Raise CharterwijzerError when a figure lies under its floor."""
    found = headline_figures(made)
    low = [f"{name} {found.get(name, 0.0):.3f}" for name, floor in floors.items() if found.get(name, 0.0) < floor]
    if low:
        wanted = ", ".join(f"{name} ≥ {floor}" for name, floor in floors.items())
        raise CharterwijzerError(f"Onder de grens: {', '.join(low)}", wanted)


def _floors(given: Sequence[str]) -> dict[str, float]:
    floors = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            floors[name] = float(value)
        except ValueError:
            name = ""
        if name not in ALL:
            raise UsageError(f"--at-least {text} is geen grens", f"MAAT=WAARDE, met als maat {', '.join(ALL)}")
    return floors


def _progress(questions: Sequence[GoldQuestion], name: str) -> Iterable[GoldQuestion]:
    return track(questions, description=name, console=Console(stderr=True), transient=True)


def _new_folder() -> Path:
    return user_data_path("charterwijzer") / "metingen" / datetime.now().strftime("%Y%m%d-%H%M%S")
