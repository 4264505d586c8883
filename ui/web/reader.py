"""A charter for reading on: its section tree, its lines as published, and one span highlighted."""

from collections.abc import Iterable
from itertools import groupby

from ingest.whole import Heading, Placed, Whole
from ui.web.markup import lines_of, party, reader_link, text


def reader_html(whole: Whole, start: int | None = None, end: int | None = None) -> str:
    """Return a charter; the characters ``start`` to ``end`` of its document are highlighted."""
    span = (start, end) if start is not None and end is not None and end > start else None
    name = text(whole.charter.name)
    first, last = whole.charter.span.start_line, whole.charter.span.end_line
    warning = (
        ""
        if whole.exact
        else '<p class="melding">De bestanden van dit corpus zijn veranderd sinds de index is gemaakt. Hier staat de '
        "tekst van de index. Werk bij met: <code>charterwijzer index</code>.</p>"
    )
    return (
        f'<div class="lezerkop"><h2 tabindex="-1" id="lezertitel">{name}</h2>'
        f'<p class="stil">{text(whole.document.name)}, {lines_of(first, last)}. De tekst staat er zoals hij is '
        f"gepubliceerd; wat grijs is hoort bij de bladzijde en niet bij de tekst.</p></div>{warning}"
        f'<div class="lezervak"><nav class="inhoud" aria-label="Inhoud van dit charter">'
        f"<details open><summary>Inhoud</summary>{_tree(whole)}</details></nav>"
        f'<div class="tekst" id="chartertekst">{_body(whole, span)}</div></div>'
    )


def _tree(whole: Whole) -> str:
    """The headings as nested lists, in reading order."""
    out: list[str] = []
    depth = 0
    for heading in whole.headings:
        while depth > heading.depth:
            out.append("</li></ul>")
            depth -= 1
        if depth == heading.depth:
            out.append("</li>")
        while depth < heading.depth:
            out.append("<ul>" if depth + 1 == heading.depth else "<ul><li>")
            depth += 1
        out.append(f"<li>{_entry(heading)}")
    out.append("</li></ul>" * depth)
    return "".join(out)


def _entry(heading: Heading) -> str:
    return f'<a href="#r{heading.line}" data-regel="{heading.line}">{text(heading.title)}</a>'


def _body(whole: Whole, span: tuple[int, int] | None) -> str:
    titles = {heading.line: heading for heading in whole.headings}
    blocks = groupby(whole.lines, key=lambda one: (one.role, one.block, one.depth))
    return "".join(_block(list(group), titles, span) for _, group in blocks)


def _block(lines: list[Placed], titles: dict[int, Heading], span: tuple[int, int] | None) -> str:
    first = lines[0]
    if first.role == "heading":
        level = min(6, first.depth + 2)
        heading = titles.get(first.line.number)
        who = f" {party(heading.actor)}" if heading and heading.actor != "gezamenlijk" else ""
        return f"<h{level}>{_lines(lines, span)}{who}</h{level}>"
    indent = f" diepte-{min(3, first.depth)}" if first.role == "item" else ""
    return f'<p class="regels {first.role}{indent}">{_lines(lines, span)}</p>'


def _lines(lines: Iterable[Placed], span: tuple[int, int] | None) -> str:
    return "\n".join(
        f'<span class="regel" id="r{one.line.number}" data-nummer="{one.line.number}" tabindex="-1">'
        f"{_highlighted(one, span)}</span>"
        for one in lines
    )


def _highlighted(one: Placed, span: tuple[int, int] | None) -> str:
    """The line's text; what of it lies in the span is marked."""
    line = one.line
    if span is None or span[1] <= line.start or span[0] >= line.end:
        return text(line.text)
    a, b = max(0, span[0] - line.start), min(len(line.text), span[1] - line.start)
    return f"{text(line.text[:a])}<mark>{text(line.text[a:b])}</mark>{text(line.text[b:])}"


def charter_list(names: Iterable[str]) -> str:
    """Return the choice of a charter to read."""
    links = "".join(f'<li><a href="{text(reader_link(name, 0, 0))}">{text(name)}</a></li>' for name in names)
    return f'<ul class="charterlijst">{links}</ul>'
