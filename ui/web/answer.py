"""An answer as HTML: the text with its markers, what was searched, who wrote it, and what can be done with it."""

from qa.model import Answer
from ui.web.catalogue import Catalogue
from ui.web.markup import VERDICTS, paragraphs, seconds, text

_ACTIONS = (
    ("vervolg", "Stel een vervolgvraag"),
    ("kopieer", "Kopieer met bronnen"),
    ("link", "Kopieer link naar deze vraag"),
)
_FILES = (("docx", "Word"), ("csv", "CSV"), ("md", "Markdown"))


def answer_html(answer: Answer, catalogue: Catalogue, turn: int) -> str:
    """Return the answer without its table and sources; it may be shown again while it grows."""
    numbers = {citation.n for citation in answer.citations}
    refused = ' class="antwoordtekst geweigerd"' if answer.refused else ' class="antwoordtekst"'
    understood = (
        f'<p class="gelezen">Gelezen als: <q>{text(answer.understood)}</q></p>' if answer.understood is not None else ""
    )
    notes = "".join(f"<li>{text(note)}</li>" for note in answer.notes)
    return (
        f"{understood}<div{refused}>{paragraphs(_apart(answer), numbers, turn)}</div>"
        f'<ul class="verantwoording"><li>{text(searched(answer, catalogue))}</li>'
        f"<li>{text(made_by(answer))}</li>{notes}</ul>"
    )


def _apart(answer: Answer) -> str:
    """The text with every charter on a line of its own, where it says something of each."""
    said = answer.answer
    for name in (item.charter for item in answer.items):
        if answer.kind == "compare":
            said = said.replace(f" {name}: ", f"\n{name}: ")
        else:
            said = said.replace(f": {name} – ", f":\n{name} – ").replace(f"; {name} – ", f"\n{name} – ")
    return said


def searched(answer: Answer, catalogue: Catalogue) -> str:
    """Say how many charters were searched."""
    unit, units = catalogue.unit.one, catalogue.unit.many
    total = len(catalogue.wholes)
    if answer.coverage is not None:
        found = answer.coverage
        count = found["searched"]
        all_of = f"Alle {total} {units}" if count == total else f"{count} van de {total} {units}"
        parts = ", ".join(f"{found.get(status, 0)} {word}" for status, word in VERDICTS.items())
        return f"{all_of} doorzocht: {parts}."
    some = len(answer.searched)
    if 0 < some < total:
        whose = "dat" if some == 1 else "die"
        return f"Doorzocht: {some} van de {total} {units}, {whose} van {' en '.join(answer.searched)}."
    return f"Alle {total} {units} doorzocht." if total > 1 else f"Het {unit} is doorzocht."


def made_by(answer: Answer) -> str:
    """Say whether a language model wrote the answer, and how long it took."""
    spent = answer.timings_ms.get("total", 0.0)
    how = "Zinnen uit de bron zelf, zonder taalmodel"
    if answer.mode == "llm" and answer.written is not None:
        spent += answer.timings_ms.get("written", 0.0)
        how = f"Geschreven door taalmodel {answer.model}, elke zin gecontroleerd aan de bron"
    return f"{how} ({seconds(spent)})."


def actions_html(answer: Answer, turn: int) -> str:
    """Return the buttons to take an answer along; CSV only where there is a table."""
    actions = "".join(_button(name, label, turn) for name, label in _ACTIONS)
    files = "".join(_button(name, label, turn) for name, label in _FILES if name != "csv" or answer.items)
    return (
        f'<div class="knoppen" role="group" aria-label="Verder met dit antwoord">{actions}</div>'
        f'<div class="knoppen" role="group" aria-labelledby="opslaan-{turn}">'
        f'<span id="opslaan-{turn}">Opslaan als</span>{files}</div><p class="meegenomen stil" role="status"></p>'
    )


def _button(name: str, label: str, turn: int) -> str:
    return f'<button type="button" class="klein" data-doe="{name}" data-beurt="{turn}">{label}</button>'


def spoken(answer: Answer) -> str:
    """Return what a screen reader says when an answer has come."""
    table = f" Er is een tabel met {len(answer.items)} rijen." if answer.kind == "collection" else ""
    return f"Antwoord op {answer.question}: {answer.answer}{table} {len(answer.citations)} bronnen."
