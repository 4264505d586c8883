"""The command ``charterwijzer eval``: score the system, compare runs, choose the refusal threshold."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from platformdirs import user_data_path
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from eval import calibrate as calibration
from eval import compare as comparing
from eval.gold import GoldQuestion, Source, bundled_gold, read_gold
from eval.judge import Judge
from eval.legs import Legs
from eval.metrics import Figures
from eval.peers import check_installed
from eval.report import write_report
from eval.rivals import Rival
from eval.run import Ask, Run, read_run, run
from eval.score import tables
from eval.summary import ALL, NAMES, decimal, groups, means
from ingest.errors import CharterwijzerError, GoldError, UsageError
from qa.settings import load_settings

if TYPE_CHECKING:
    from qa.engine import Engine
    from qa.settings import Llm

    OpenEngine = Callable[[Path | None, Llm], Engine]

LEG_COLUMNS = {
    "Success@1": "recall@1",
    "Success@3": "recall@3",
    "Success@5": "recall@5",
    "Success@10": "recall@10",
    "RR": "mrr",
    "nDCG@10": "nDCG@10",
}


def evaluate(
    context: typer.Context,
    gold: Annotated[list[Path] | None, typer.Argument(help="Goudbestanden; zonder: de dev-vragen.")] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="BESTAND", help="Schrijf een verslag in dit HTML-bestand.")
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None, typer.Option(metavar="EERST NU", help="Vergelijk twee metingen.")
    ] = None,
    calibrate: Annotated[
        Path | None, typer.Option(metavar="METING", help="Kies uit een meting de drempel om te weigeren.")
    ] = None,
    from_feedback: Annotated[
        Path | None,
        typer.Option(metavar="BESTAND", help="Maak van feedback op de pagina kandidaten voor het goud."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PAD", help="Map waarin de meting komt, of bestand voor de kandidaten.")
    ] = None,
    index: Annotated[Path | None, typer.Option(metavar="MAP", help="Map van de index.")] = None,
    peers: Annotated[
        bool, typer.Option("--peers", help="Meet ook andere systemen, en dit systeem zonder elk van zijn onderdelen.")
    ] = False,
    judge: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Laat een model op Ollama meeoordelen, met hoe vaak het de score volgt."),
    ] = None,
    llm: Annotated[
        Literal["off", "auto", "required"],
        typer.Option(
            "--llm", help="Laat een taalmodel de antwoorden schrijven: off, auto (als het er is) of required."
        ),
    ] = "off",
    at_least: Annotated[
        list[str] | None,
        typer.Option(metavar="MAAT=WAARDE", help="Eindig met een fout als een maat lager is."),
    ] = None,
    at_most: Annotated[
        list[str] | None,
        typer.Option(metavar="MAAT=WAARDE", help="Eindig met een fout als een maat hoger is."),
    ] = None,
) -> None:
    """Meet hoe goed de antwoorden zijn, op vragen waarvan het goede antwoord bekend is."""
    console = Console()
    bounds = [*_bounds("--at-least", at_least or []), *_bounds("--at-most", at_most or [])]
    if compare:
        compare_runs(*compare, report, console)
    elif calibrate:
        console.print(calibration.show(calibration.calibrate(read_run(calibrate))))
    elif from_feedback:
        propose(from_feedback, out, console)
    else:
        if peers and llm != "off":
            raise UsageError("--peers en --llm gaan niet samen", "één van beide: andere systemen schrijven ook niet")
        asked = Asked(tuple(gold or bundled_gold("dev_*")), out or _new_folder(), peers, judge)
        made = measure(asked, lambda: open_system(index, context.obj, llm), console)
        if report:
            write_report(report, made[0], others=made[1:])
            console.print(f"Verslag: {report}", markup=False)
        check_bounds(made[0], bounds)


def propose(feedback: Path, out: Path | None, console: Console) -> None:
    """Turn feedback into candidates for the gold: into the file ``out``, or else on standard output."""
    from eval.feedback import candidates, lines, read_feedback, write_candidates

    def torn(number: int) -> None:
        Console(stderr=True).print(f"Overgeslagen: {feedback}, regel {number} is afgebroken", markup=False)

    made = candidates(read_feedback(feedback, torn), read_gold(bundled_gold(), Source.read()))
    if out is None:
        sys.stdout.write(lines(made))
        return
    write_candidates(out, made)
    known = sum("known" in one for one in made)
    console.print(
        f"{len(made)} kandidaten in {out}, waarvan {known} al in het goud. Het is nog geen goud: doe bij elk wat er "
        "onder 'todo' staat, en haal dan 'candidate' weg.",
        markup=False,
    )


def compare_runs(before: Path, after: Path, report: Path | None, console: Console) -> None:
    """Show what ``after`` changed; with ``report``, also as a page."""
    found = comparing.compare(read_run(before), read_run(after))
    console.print(comparing.show(found))
    if report:
        write_report(report, found.after, found)


@dataclass(frozen=True)
class Asked:
    """What to measure: on which gold, where to keep it, beside which others, and judged by which model."""

    gold: tuple[Path, ...]
    out: Path
    peers: bool = False
    judge: str | None = None


@dataclass(frozen=True)
class System:
    """What is measured: a way to ask, what its answers point into, its settings, its rivals and its legs."""

    ask: Ask
    source: Source
    settings: Mapping[str, Any]
    rivals: Callable[[], Iterable[Rival]] = tuple
    legs: Legs | None = None


def open_system(index: Path | None, open_engine: "OpenEngine | None" = None, llm: "Llm" = "off") -> System:
    """Open the engine on an index folder (default: that of the settings), with or without a language model.

    ``open_engine`` is how the command line opens one: it builds the index where there is none.
    """
    from eval.ablations import ablations_of, ask_engine
    from eval.legs import legs_of
    from eval.peers import peers_of
    from eval.variants import source_of
    from qa.engine import Engine

    settings = load_settings()
    folder = index or settings.index_dir
    engine = open_engine(index, llm) if open_engine else Engine.open(folder, settings, llm)

    def rivals() -> Iterator[Rival]:
        yield from ablations_of(engine, _embedding())
        yield from peers_of(engine.searcher)

    kept = {"name": "Charterwijzer", **settings.model_dump(mode="json"), "index_dir": str(folder), "llm": llm}
    return System(partial(ask_engine, engine), source_of(engine), kept, rivals, legs_of(engine))


def measure(asked: Asked, open_it: Callable[[], System], console: Console) -> list[Run]:
    """Run the system, and perhaps its rivals, on the same gold; show the figures; return the runs.

    What can be wrong is found before anything that takes long: a missing file, extra or judge.
    """
    for path in asked.gold:
        if not path.is_file():
            raise GoldError(f"Het goudbestand {path} is er niet", remedy="Noem een bestaand .jsonl-bestand")
    judge = _open_judge(asked.judge)
    if asked.peers:
        check_installed()
    system = open_it()
    questions = read_gold(asked.gold, system.source)
    settings = {**system.settings, "gold": [path.name for path in asked.gold]}
    first = run(
        _progress(questions, "Charterwijzer"), system.ask, system.source, asked.out, settings, system.legs, judge
    )
    show_run(first, console)
    runs = [first]
    if asked.peers:
        for rival in system.rivals():
            folder = asked.out / rival.label.replace(" ", "-").replace(",", "")
            about = settings | {"name": rival.name, "label": rival.label}
            runs.append(run(_progress(questions, rival.name), rival.ask, system.source, folder, about))
        console.print(overview(runs))
    console.print(f"Bewaard in {asked.out}", markup=False)
    return runs


def _open_judge(model: str | None) -> Judge | None:
    if model is None:
        return None
    from eval.judge import OllamaJudge

    return OllamaJudge(load_settings().ollama_url, model)


def show_run(made: Run, console: Console) -> None:
    """Print the figures of a run, what each leg of the search finds, its times, its judge, and what failed."""
    for table in tables(made.results):
        console.print(table)
    kept = made.figures
    if kept.get("legs"):
        console.print(legs_table(kept["legs"]))
    console.print(times_table(kept["latency_ms"]))
    if kept.get("judge"):
        console.print(judged(made), markup=False)
    for result in made.results:
        if result.error:
            console.print(f"Mislukt: {result.question.id}: {result.error}", style="red", markup=False)


def legs_table(legs: Mapping[str, Figures]) -> Table:
    """Return what each leg of the search finds by itself."""
    table = Table(title="Zoeken, stap voor stap (losse vragen)", title_justify="left")
    for heading in ("stap", *LEG_COLUMNS.values()):
        table.add_column(heading, justify="left" if heading == "stap" else "right")
    for name, found in legs.items():
        table.add_row(name, *(decimal(found[measure], ".3f") for measure in LEG_COLUMNS))
    return table


def times_table(times: Mapping[str, Mapping[str, Figures]]) -> Table:
    """Return the median and the 95th percentile of every stage, for both kinds of question."""
    table = Table(title="Tijd per stap", title_justify="left")
    for heading in ("", "stap", "p50", "p95"):
        table.add_column(heading, justify="right" if heading.startswith("p") else "left")
    for group, stages in times.items():
        for place, (stage, spent) in enumerate(stages.items()):
            table.add_row("" if place else NAMES[group], stage, f"{spent['p50']:.0f} ms", f"{spent['p95']:.0f} ms")
    return table


def judged(made: Run) -> str:
    """Return in a sentence who judged, and how far it agrees with the score."""
    who, found = made.info["judge"], made.figures["judge"]
    kappa = "niet te bepalen" if found["kappa"] is None else decimal(found["kappa"], ".2f")
    return (
        f"Beoordelaar {who['model']} (digest {who['digest'][:12]}, seed {who['seed']}): "
        f"{decimal(found['judged_correct'], '.1%')} goed, volgens de score {decimal(found['scored_correct'], '.1%')}; "
        f"eens bij {decimal(found['same'], '.1%')} van {found['n']} antwoorden, kappa {kappa}; "
        f"zonder oordeel: {found['unusable']}."
    )


def overview(runs: Sequence[Run]) -> Table:
    """Return one row for each system, narrow enough for a terminal of 80 columns."""
    names = {"correct": "goed", "recall@1": "r@1", "recall@5": "r@5", "recall@10": "r@10", "mrr": "mrr", "f1": "f1"}
    table = Table(title="Naast andere systemen", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("systeem", no_wrap=True)
    for heading in names.values():
        table.add_column(heading, justify="right")
    for made in runs:
        found = headline_figures(made)
        table.add_row(made.name, *(decimal(found[name], ".2f") if name in found else "–" for name in names))
    return table


def headline_figures(made: Run) -> Figures:
    """Return the mean figures of the single questions, with those of the collections that only they have.

    Whether quotes are verbatim is asked of all together: that must always be so.
    """
    found: Figures = {}
    for part in groups(made.results).values():
        found = means(part, ALL) | found
    return found | means(made.results, ("verbatim",))


@dataclass(frozen=True)
class Bound:
    """The least, or with ``most`` the most, that a figure may be."""

    name: str
    value: float
    most: bool = False

    def __str__(self) -> str:
        return f"{self.name} {'≤' if self.most else '≥'} {self.value}"

    def broken(self, found: Figures) -> bool:
        """Whether the figures break it; a figure that is not there does."""
        if self.name not in found:
            return True
        return found[self.name] > self.value if self.most else found[self.name] < self.value


def check_bounds(made: Run, bounds: Sequence[Bound]) -> None:
    """Raise CharterwijzerError when a figure is not within its bounds."""
    found = headline_figures(made)
    broken = [bound for bound in bounds if bound.broken(found)]
    if broken:
        values = (f"{b.name} {found[b.name]:.3f}" if b.name in found else f"{b.name} ontbreekt" for b in broken)
        raise CharterwijzerError(f"Buiten de grens: {', '.join(values)}", ", ".join(map(str, bounds)))


def _bounds(option: str, given: Sequence[str]) -> Iterator[Bound]:
    for text in given:
        name, _, value = text.partition("=")
        try:
            bound = Bound(name, float(value), option == "--at-most")
        except ValueError:
            bound = None
        if bound is None or name not in ALL:
            raise UsageError(f"{option} {text} is geen grens", f"MAAT=WAARDE, met als maat {', '.join(ALL)}")
        yield bound


def _embedding() -> Callable[[int, int], None]:
    """Return what shows on standard error how far the index without headers is; elsewhere than on a terminal, once."""
    console = Console(stderr=True)

    def progress(done: int, total: int) -> None:
        if console.is_terminal or not done:
            end = "\r" if console.is_terminal and done < total else "\n"
            console.print(f"Index zonder koppen: {done} van {total} passages", end=end)

    return progress


def _progress(questions: Sequence[GoldQuestion], name: str) -> Iterable[GoldQuestion]:
    return track(questions, description=name, console=Console(stderr=True), transient=True)


def _new_folder() -> Path:
    return user_data_path("charterwijzer") / "metingen" / datetime.now().strftime("%Y%m%d-%H%M%S")
