"""An answer on the terminal, for reading: the text, a table for questions over charters, and the sources."""

import re
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from index.store import Index
from ingest.model import unit_of
from qa.model import Answer, Citation, Status, Verdict
from qa.surroundings import surroundings
from ui.batch import Batched
from ui.errors import one_line

WIDTH = 100  # longer lines are hard to read
SHOWN = 700  # characters of a passage in a search
VERDICTS: dict[Status, tuple[str, str]] = {
    "yes": ("ja", "green"),
    "partly": ("deels", "yellow"),
    "no": ("nee", "dim"),
}
_MARKER = re.compile(r"\[\d+\]")


def show_answer(answer: Answer, index: Index, console: Console) -> None:
    """Print an answer with everything that backs it."""
    console = _readable(console)
    console.print()
    if answer.understood:
        console.print(Text(f"Begrepen als: {one_line(answer.understood)}\n", style="dim"))
    console.print(marked(answer.answer, "bold" if answer.refused else ""))
    if answer.items:
        console.print(_verdicts(answer, unit_of(index.charters).one.capitalize()))
    if answer.citations:
        console.print(Text("\nBronnen", style="bold"))
        for citation in answer.citations:
            _show_source(citation, index, console)
    console.print()
    for line in filter(None, (_searched(answer, index), *answer.notes, _made_by(answer))):
        console.print(Text(one_line(line), style="dim"))


def show_batched(made: Batched, index: Index, console: Console) -> None:
    """Print one of many answers under its question, or why there is none."""
    console = _readable(console)
    title = made.answer.question if made.answer else "niet beantwoord"
    console.print(Rule(Text(one_line(f"{made.id}: {title}"[:200])), align="left"))
    if made.answer:
        show_answer(made.answer, index, console)
    else:
        console.print(Text(made.error or "", style="red"))


def show_passages(found: list[dict[str, Any]], console: Console) -> None:
    """Print the passages of a search, best first."""
    console = _readable(console)
    if not found:
        console.print("Niets gevonden.")
    for n, hit in enumerate(found, start=1):
        path = [hit["charter"], *hit["section"]]
        console.print(_heading(f"{n}.", path, hit["actor"], hit["start_line"], hit["end_line"], f"{hit['score']:.2f}"))
        text = hit["text"] if len(hit["text"]) <= SHOWN else hit["text"][:SHOWN].rsplit(" ", 1)[0] + " …"
        console.print(Padding(Text("\n".join(map(one_line, text.splitlines()))), (0, 0, 1, 4), expand=False))


def marked(text: str, style: str = "") -> Text:
    """Return a text whose markers stand out; nothing in it is taken for markup or obeyed by a terminal."""
    out = Text("\n".join(one_line(line) for line in text.splitlines()), style=style)
    out.highlight_regex(_MARKER, "bold cyan")
    return out


def reading_text(citation: Citation, index: Index) -> str:
    """Return a quote for reading: broken lines joined, page headers left out, a table row with its header."""
    passage = next((one for one in index.passages if one.id == citation.passage_id), None)
    return one_line(surroundings(citation, passage).quote)


def _readable(console: Console) -> Console:
    if console.width > WIDTH:
        console.width = WIDTH
    return console


def _verdicts(answer: Answer, unit: str) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False)
    table.add_column(unit, max_width=40)
    table.add_column("Oordeel", no_wrap=True)
    if any(item.value for item in answer.items):
        table.add_column("Waarde")
    table.add_column("Bron", no_wrap=True)
    for item in sorted(answer.items, key=lambda item: list(VERDICTS).index(item.verdict)):
        table.add_row(*_row(item, len(table.columns) == 4), style="dim" if item.verdict == "no" else "")
    return table


def _row(item: Verdict, valued: bool) -> list[Text]:
    word, style = VERDICTS[item.verdict]
    value = [Text(one_line(item.value or ""))] if valued else []
    sources = " ".join(f"[{n}]" for n in item.citations)
    return [Text(item.charter), Text(word, style=style), *value, marked(sources)]


def _show_source(citation: Citation, index: Index, console: Console) -> None:
    path = [citation.charter, *citation.section]
    console.print(_heading(f"[{citation.n}]", path, citation.actor, citation.start_line, citation.end_line))
    console.print(Padding(Text(f"“{reading_text(citation, index)}”", style="italic"), (0, 0, 0, 4), expand=False))


def _heading(label: str, path: list[str], actor: str, first: int, last: int, score: str = "") -> Text:
    lines = f"regel {first}" if first == last else f"regel {first}–{last}"
    text = Text(f"{label} ", style="bold cyan")
    text.append(one_line(" › ".join(path)), style="not bold default")
    text.append(f" ({actor}), {lines}{f' · {score}' if score else ''}", style="not bold dim")
    return text


def _searched(answer: Answer, index: Index) -> str:
    total, unit = len(index.charters), unit_of(index.charters)
    if answer.coverage is None:
        named = sorted({citation.charter for citation in answer.citations})
        return f"De index telt {unit.count(total)}; geciteerd: {', '.join(named)}." if named else ""
    found = answer.coverage
    parts = ", ".join(f"{found.get(status, 0)} {word}" for status, (word, _) in VERDICTS.items())
    searched = found.get("searched", total)
    all_of = f"Alle {searched}" if searched == found.get("total", total) else f"{searched} van de {found['total']}"
    return f"{all_of} {unit.many} doorzocht: {parts}."


def _made_by(answer: Answer) -> str:
    spent = answer.timings_ms.get("total", 0.0)
    how = "Zinnen uit de bron, zonder taalmodel"
    if answer.mode == "llm" and answer.written is not None:
        spent += answer.timings_ms.get("written", 0.0)
        how = f"Geschreven door taalmodel {answer.model}, elke zin gecontroleerd"
    seconds = f"{spent / 1000:.2f} s.".replace(".", ",", 1)
    return f"{how}; {seconds}"
