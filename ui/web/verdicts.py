"""A question over all charters to look at: a count, a table, a map, and what comes near where the answer is no."""

from typing import Any

from ingest.model import CHARTER
from qa.model import Answer, Citation, Status, Verdict
from qa.surroundings import surroundings
from ui.web.catalogue import Catalogue
from ui.web.map import map_html
from ui.web.markup import VERDICTS, lines_of, marker, party, reader_link, text, verdict

_ORDER: tuple[Status, ...] = ("yes", "partly", "no")
_LONGEST = 60  # words of a quote in the table
_BRIEF = 4  # words of a value that is a fact rather than a sentence


def verdicts_html(answer: Answer, catalogue: Catalogue, turn: int) -> str:
    """Return table and map of a collection, columns of a comparison, nothing for one answer."""
    if answer.kind == "compare":
        return _side_by_side(answer, catalogue, turn)
    if answer.kind != "collection" or not answer.items:
        return ""
    return (
        f"<h3>Oordeel per {text(_unit(catalogue))}</h3>{_count(answer.items)}"
        f'<div class="overzicht">{_table(answer, catalogue, turn)}{map_html(answer.items, catalogue.atlas, turn)}</div>'
    )


def row_id(turn: int, charter: str, catalogue: Catalogue) -> str:
    """Return the id of a charter's row."""
    return f"rij-{turn}-{list(catalogue.wholes).index(charter) + 1}"


def _unit(catalogue: Catalogue) -> str:
    return "stad" if catalogue.unit == CHARTER else "document"


def _count(items: tuple[Verdict, ...]) -> str:
    parts = "".join(
        f"<li>{verdict(status)} <strong>{sum(item.verdict == status for item in items)}</strong></li>"
        for status in _ORDER
    )
    return f'<ul class="telling" aria-label="Telling">{parts}</ul>'


def _table(answer: Answer, catalogue: Catalogue, turn: int) -> str:
    heads = "".join(
        f'<th scope="col" aria-sort="none"><button type="button" data-sorteer="{i}">{name}'
        '<span aria-hidden="true" class="pijl"></span></button></th>'
        for i, name in enumerate((_unit(catalogue).capitalize(), "Oordeel", f"Wat het {catalogue.unit.one} zegt"))
    )
    items = sorted(answer.items, key=lambda item: _ORDER.index(item.verdict))
    rows = "".join(_row(item, answer, catalogue, turn) for item in items)
    options = "".join(f'<option value="{status}">{VERDICTS[status]}</option>' for status in _ORDER)
    return (
        '<div class="tabelvak"><div class="tabelfilters">'
        f'<label>Toon <select data-filter="oordeel"><option value="">alles</option>{options}</select></label>'
        '<label>Zoek in de tabel <input type="search" data-filter="tekst" autocomplete="off"></label>'
        f'<span class="stil" data-filter="aantal" role="status">{len(items)} van {len(items)}</span></div>'
        '<div class="schuif" tabindex="0" role="region" aria-label="Tabel met het oordeel per charter">'
        f'<table class="oordelen"><caption class="verborgen">Oordeel per charter, met wat het zegt en de bron</caption>'
        f'<thead><tr>{heads}<th scope="col">Bron</th></tr></thead><tbody>{rows}</tbody></table></div></div>'
    )


def _row(item: Verdict, answer: Answer, catalogue: Catalogue, turn: int) -> str:
    said = _nearest_offer(item, turn) if item.verdict == "no" and not item.citations else _said(item, answer, catalogue)
    sources = " ".join(marker(n, turn) for n in item.citations) or '<span class="stil">–</span>'
    rank = _ORDER.index(item.verdict)
    return (
        f'<tr id="{row_id(turn, item.charter, catalogue)}" data-oordeel="{item.verdict}" tabindex="-1">'
        f'<th scope="row">{text(item.charter)}</th><td data-waarde="{rank}">{verdict(item.verdict)}</td>'
        f"<td>{said}</td><td>{sources}</td></tr>"
    )


def _said(item: Verdict, answer: Answer, catalogue: Catalogue) -> str:
    by_number = {citation.n: citation for citation in answer.citations}
    quotes = [_reading(by_number[n], catalogue) for n in item.citations if n in by_number]
    value = item.value or ""
    # Only the first quote is shown. A date or an amount is said by itself too: that is what the eye runs down.
    said = bool(quotes) and value.removesuffix(" …") in quotes[0] and len(value.split()) > _BRIEF
    shown = f"<strong>{text(value)}</strong>" if value and not said else ""
    quote = f"<q>{text(_short(quotes[0]))}</q>" if quotes else ""
    return f"{shown} {quote}".strip() or '<span class="stil">–</span>'


def _reading(citation: Citation, catalogue: Catalogue) -> str:
    return surroundings(citation, catalogue.passages.get(citation.passage_id)).quote


def _short(value: str) -> str:
    words = value.split()
    return value if len(words) <= _LONGEST else " ".join(words[:_LONGEST]) + " …"


def _nearest_offer(item: Verdict, turn: int) -> str:
    return (
        f'<details class="nabij" data-nabij="{text(item.charter)}" data-beurt="{turn}">'
        f'<summary>Niets gevonden; toon wat in de buurt komt<span class="verborgen"> in {text(item.charter)}</span>'
        '</summary><div class="nabijheid" aria-live="polite"></div></details>'
    )


def nearest_html(found: list[dict[str, Any]]) -> str:
    """Return the nearest passages of one charter, as ``Engine.search`` gives them, best first."""
    if not found:
        return '<p class="stil">In dit charter staat niets wat erop lijkt.</p>'
    items = "".join(
        f'<li><a href="{text(reader_link(hit["charter"], hit["start_char"], hit["end_char"]))}">'
        f"{text(' › '.join(hit['section']) or hit['charter'])}</a> {party(hit['actor'])} "
        f"{lines_of(hit['start_line'], hit['end_line'])}"
        f'<p class="fragment">{text(_short(hit["text"]))}</p></li>'
        for hit in found
    )
    return f'<ol class="nabijlijst">{items}</ol>'


def _side_by_side(answer: Answer, catalogue: Catalogue, turn: int) -> str:
    by_number = {citation.n: citation for citation in answer.citations}
    columns = []
    for item in answer.items:
        quotes = "".join(
            f"<li>{party(by_number[n].actor)} {text(_reading(by_number[n], catalogue))} {marker(n, turn)}</li>"
            for n in item.citations
            if n in by_number
        )
        nothing = f'<p class="stil">Daarover staat niets in het {catalogue.unit.one}.</p>'
        said = f"<ul>{quotes}</ul>" if quotes else nothing
        columns.append(f'<section class="kolom"><h4>{text(item.charter)}</h4>{said}</section>')
    return f'<h3>Naast elkaar</h3><div class="naast-elkaar">{"".join(columns)}</div>'
