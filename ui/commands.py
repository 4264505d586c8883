"""The commands. What they need is imported when they run, so that ``--help`` answers at once."""

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from ingest.errors import UsageError
from ui.dutch import Command, Group

if TYPE_CHECKING:
    from qa.engine import Engine
    from qa.settings import Llm

app = typer.Typer(
    name="charterwijzer",
    cls=Group,
    help="Beantwoordt vragen over de wijkencharters, met bij elke uitspraak de letterlijke bron.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Index = Annotated[
    Path | None,
    typer.Option("--index", metavar="MAP", help="Map van de index; zonder: die van de instellingen."),
]
Charters = Annotated[
    list[str] | None,
    typer.Option("--charter", metavar="NAAM", help="Zoek alleen in dit charter; meer dan eens te geven."),
]
Actor = Annotated[
    str | None,
    typer.Option("--actor", metavar="PARTIJ", help="Alleen wat deze partij doet: gemeente, rijk of gezamenlijk."),
]
Written = Annotated[
    Literal["off", "auto", "required"] | None,
    typer.Option(
        "--llm",
        help="Schrijven met een taalmodel: off (nooit), auto (als het er is) of required; zonder: de instelling.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Schrijf het antwoord als JSON.")]


@app.command(cls=Command, help="Beantwoord een vraag, met genummerde bronnen.")
def ask(
    question: Annotated[str | None, typer.Argument(metavar="VRAAG", help="De vraag, tussen aanhalingstekens.")] = None,
    as_json: AsJson = False,
    batch: Annotated[
        Path | None,
        typer.Option(
            "--batch",
            metavar="BESTAND",
            help="Beantwoord elke regel (JSON met id en question); - is de invoer.",
        ),
    ] = None,
    charter: Charters = None,
    actor: Actor = None,
    llm: Written = None,
    index: Index = None,
) -> None:
    """Answer a question, or every question of a file."""
    if (question is None) == (batch is None):
        found = "Er is geen vraag" if question is None else "Er zijn een vraag en een bestand"
        raise UsageError(found, 'charterwijzer ask "vraag", of charterwijzer ask --batch BESTAND')
    if batch is not None:
        _ask_batch(batch, as_json, tuple(charter or ()), actor, index, llm)
        return
    _ask_one(question or "", as_json, tuple(charter or ()), actor, index, llm)


def _ask_one(
    question: str, as_json: bool, charters: tuple[str, ...], actor: str | None, index: Path | None, llm: "Llm | None"
) -> None:
    _not_empty(question)
    engine = _engine(index, llm)
    if as_json:
        from qa.model import to_dict

        _write_json(to_dict(engine.ask(question, charters=charters, actor=actor)), indent=1)
    else:
        from ui.render import show_answer
        from ui.writing import last_shown

        console = Console()
        with closing(engine.stream(question, charters=charters, actor=actor)) as answers:
            show_answer(last_shown(answers, console), engine.index, console)


def _ask_batch(
    file: Path, as_json: bool, charters: tuple[str, ...], actor: str | None, index: Path | None, llm: "Llm | None"
) -> None:
    from ui.batch import answer_lines, read_lines
    from ui.progress import shown_count

    lines = read_lines(file)
    engine = _engine(index, llm)
    failed = 0
    with shown_count(Console(stderr=True), "Vragen", len(lines)) as count:
        for made in answer_lines(lines, engine, charters, actor):
            failed += made.error is not None
            if as_json:
                _write_json(made.to_dict())
            else:
                from ui.render import show_batched

                show_batched(made, engine.index, Console())
            count()
    if failed:
        Console(stderr=True).print(f"{failed} van de {len(lines)} regels zijn niet beantwoord.")
        raise typer.Exit(1)


@app.command(cls=Command, help="Toon de passages die bij een vraag horen, zonder antwoord.")
def search(
    question: Annotated[str, typer.Argument(metavar="VRAAG", help="Waarnaar gezocht wordt.")],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, metavar="AANTAL", help="Hoeveel passages.")] = 10,
    as_json: AsJson = False,
    charter: Charters = None,
    actor: Actor = None,
    index: Index = None,
) -> None:
    """Show the passages alone."""
    _not_empty(question)
    found = _engine(index).search(question, k, tuple(charter or ()), actor)
    if as_json:
        _write_json(found, indent=1)
    else:
        from ui.render import show_passages

        show_passages(found, Console())


@app.command("index", cls=Command, help="Lees een corpus en maak of vernieuw de index.")
def index_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PAD]...",
            help="Mappen en bestanden; zonder: wat er al in zat, of het meegeleverde corpus.",
        ),
    ] = None,
    index: Index = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Maak alles opnieuw, ook wat niet is veranderd.")] = False,
    bundled: Annotated[bool, typer.Option("--bundled", help="Neem (weer) het meegeleverde corpus.")] = False,
) -> None:
    """Build or update an index; what did not change is not embedded again."""
    from index.encoder import encoder_name, open_encoder
    from index.update import recorded_paths, update_index
    from qa.settings import load_settings
    from ui.progress import shown_steps

    settings, console = load_settings(), Console(stderr=True)
    folder = index or settings.index_dir
    if bundled and paths:
        raise UsageError("Er is een pad en --bundled", "één van beide")
    chosen = [] if bundled else paths or recorded_paths(folder) or []
    with shown_steps(console) as steps:
        made = update_index(
            chosen,
            folder,
            encoder_name(settings.model),
            lambda: open_encoder(settings.model, settings.cache_dir, steps.step),
            steps,
            rebuild,
        )
    corpus = ", ".join(map(str, chosen)) or "het meegeleverde corpus"
    done = "is gemaakt" if made.built else "was al bij"
    sys.stdout.write(
        f"De index van {corpus} {done}: documenten: {made.documents}, charters: {made.charters}, "
        f"passages: {made.passages}. Hij staat in {folder}\n"
    )


@app.command(
    "eval",
    cls=Command,
    help="Meet hoe goed de antwoorden zijn.",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def evaluate(context: typer.Context) -> None:
    """Hand over to the command of the evaluation, which has its own arguments and help."""
    from eval.cli import evaluate as command

    mounted = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    mounted.command(cls=Command)(command)
    # The way to open an engine goes along as the context's object: eval itself knows nothing of ui.
    code = mounted(args=context.args, prog_name="charterwijzer eval", standalone_mode=False, obj=_engine)
    if isinstance(code, int) and code:
        raise typer.Exit(code)


@app.command("ui", cls=Command, help="Open de pagina: vragen stellen, bronnen lezen, steden vergelijken.")
def page(
    host: Annotated[str, typer.Option(metavar="ADRES", help="Adres om op te luisteren.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="POORT", help="Poort om op te luisteren.")] = 7860,
    browser: Annotated[bool, typer.Option("--open", help="Open de pagina in de browser.")] = False,
    mcp: Annotated[bool, typer.Option("--mcp", help="Geef de antwoorden ook aan andere programma's, met MCP.")] = False,
    llm: Written = None,
    index: Index = None,
) -> None:
    """Serve the page until Ctrl-C."""
    from qa.settings import load_settings
    from ui.page import Choices, serve

    serve(Choices(host, port, browser, mcp), load_settings(), lambda: _engine(index, llm), sys.stdout)


@app.command(cls=Command, help="Controleer of alles werkt, en zeg wat een gebrek verhelpt.")
def doctor(index: Index = None) -> None:
    """Check corpus, index, model and language model server."""
    from ui.doctor import examine, show

    if not show(examine(index), Console()):
        raise typer.Exit(1)


def _engine(index: Path | None, llm: "Llm | None" = "off") -> "Engine":
    """Open the engine; ``llm`` None leaves it to the settings whether a language model writes."""
    from qa.settings import load_settings
    from ui.opening import open_engine
    from ui.progress import shown_steps

    settings = load_settings()
    if llm is not None:
        settings = settings.model_copy(update={"llm": llm})
    with shown_steps(Console(stderr=True)) as steps:
        return open_engine(index, settings, steps)


def _not_empty(question: str) -> None:
    """Refuse before anything is loaded, or built, for nothing."""
    if not any(char.isprintable() and not char.isspace() for char in question):
        raise UsageError("De vraag is leeg", 'een vraag, bijvoorbeeld: charterwijzer ask "wat is een Kindlint?"')


def _write_json(value: object, indent: int | None = None) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")
    sys.stdout.flush()
