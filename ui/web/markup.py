"""HTML from text: every piece of text on the page goes through ``text``, so that none of it is ever obeyed."""

import html
import re
from collections.abc import Sequence
from urllib.parse import urlencode

from ingest.model import Actor
from qa.model import Status

_MARKER = re.compile(r"\[(\d{1,4})\]")
VERDICTS: dict[Status, str] = {"yes": "ja", "partly": "deels", "no": "nee"}
ACTORS: dict[Actor, str] = {"gemeente": "gemeente", "rijk": "rijk", "gezamenlijk": "gezamenlijk"}


def text(value: object) -> str:
    """Return a value as text for HTML, also inside an attribute in double quotes; control characters become spaces."""
    shown = "".join(char if char.isprintable() or char in "\n\t" else " " for char in str(value))
    return html.escape(shown, quote=True)


def reader_link(charter: str, start: int, end: int, n: int | None = None) -> str:
    """Return the address, within the page, of a span of a charter in the reader; ``n`` is the citation's number."""
    fields = {"charter": charter, "van": start, "tot": end} | ({} if n is None else {"bron": n})
    return f"#lezer?{urlencode(fields)}"


def marked(value: str, numbers: set[int], turn: int) -> str:
    """Return an answer's text with its markers as links to the sources; a marker without a source stays text."""
    out, end = [], 0
    for match in _MARKER.finditer(value):
        out.append(text(value[end : match.start()]))
        out.append(marker(int(match[1]), turn) if int(match[1]) in numbers else text(match[0]))
        end = match.end()
    return "".join([*out, text(value[end:])])


def marker(n: int, turn: int) -> str:
    """Return a marker that leads to its source."""
    return f'<a class="merk" href="#bron-{turn}-{n}" aria-label="bron {n}">[{n}]</a>'


def paragraphs(value: str, numbers: set[int], turn: int) -> str:
    """Return an answer's text in paragraphs."""
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    return "".join(f"<p>{marked(line, numbers, turn)}</p>" for line in lines)


def party(actor: Actor) -> str:
    """Return the label of a party."""
    return f'<span class="partij partij-{text(actor)}">{text(ACTORS[actor])}</span>'


def verdict(status: Status) -> str:
    """Return a verdict as a word with a mark, so that colour is not all that tells them apart."""
    sign = {"yes": "●", "partly": "◐", "no": "○"}[status]
    return f'<span class="oordeel oordeel-{status}"><span aria-hidden="true">{sign}</span> {VERDICTS[status]}</span>'


def enumerated(names: Sequence[str]) -> str:
    """Return names as they stand in a sentence: "a, b en c"."""
    return " en ".join(one for one in (", ".join(names[:-1]), *names[-1:]) if one)


def lines_of(first: int, last: int) -> str:
    """Return line numbers in words."""
    return f"regel {first}" if first == last else f"regel {first}–{last}"


def seconds(milliseconds: float) -> str:
    """Return a duration in words, with a Dutch comma."""
    return f"{milliseconds / 1000:.2f} s".replace(".", ",")
