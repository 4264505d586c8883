"""The overview: every charter with its facts, themes against cities, and what the corpus does not hold."""

from ingest.whole import Heading
from qa.overview import Facts, Quoted
from qa.values import written_date
from ui.web.catalogue import Catalogue
from ui.web.markup import enumerated, reader_link, text

_FACTS = ("Wijken", "Ondertekend", "Door wie", "Hoofdstukken", "Woorden")


def overview_html(catalogue: Catalogue) -> str:
    """Return the whole view."""
    total = sum(facts.words for facts in catalogue.facts.values())
    return (
        f"<h2>Overzicht</h2><p>{catalogue.unit.count(len(catalogue.facts))}, samen {_thousands(total)} woorden. "
        f"Elk gegeven leidt naar zijn plaats in de tekst.</p>{_charters(catalogue)}{_matrix(catalogue)}"
        f"{_lacks(catalogue)}"
    )


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _charters(catalogue: Catalogue) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in (catalogue.unit.one.capitalize(), *_FACTS))
    rows = "".join(_charter(facts, catalogue) for facts in catalogue.facts.values())
    return (
        f"<h3>Alle {catalogue.unit.many}</h3>"
        '<div class="schuif" tabindex="0" role="region" aria-label="Tabel met alle charters">'
        f'<table class="charters"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _charter(facts: Facts, catalogue: Catalogue) -> str:
    place = catalogue.atlas.place(facts.charter)
    places = ", ".join(place.neighbourhoods) if place else ""
    chapters = "".join(f"<li>{_heading_link(facts.charter, one, catalogue)}</li>" for one in facts.chapters)
    signed = _signed(facts)
    by = "; ".join(one.text.rstrip(".,;: ") for one in facts.signatories)
    names = _folded("Namen", text(by)) if by else "–"
    folded = _folded(f"{len(facts.chapters)}", f"<ul>{chapters}</ul>")
    return (
        f'<tr><th scope="row"><a href="{text(reader_link(facts.charter, 0, 0))}">{text(facts.charter)}</a></th>'
        f"{_cells(text(places) or '–', signed, names, folded, _thousands(facts.words))}</tr>"
    )


def _cells(*contents: str) -> str:
    # On a narrow page every row is a block, in which a cell says its own column.
    return "".join(f'<td data-kop="{name}">{one}</td>' for name, one in zip(_FACTS, contents, strict=True))


def _folded(summary: str, content: str) -> str:
    return f"<details><summary>{text(summary)}</summary>{content}</details>"


def _signed(facts: Facts) -> str:
    if facts.signed is None:
        return '<span class="stil">staat er niet</span>'
    link = _quoted_link(facts.charter, facts.signed)
    if facts.date:
        return f'<a href="{link}">{text(written_date(facts.date))}</a>'
    return f'<a href="{link}">{text(facts.signed.text)}</a> <span class="stil">(datum zo gelezen)</span>'


def _quoted_link(charter: str, quoted: Quoted) -> str:
    return text(reader_link(charter, quoted.start, quoted.end))


def _heading_link(charter: str, heading: Heading, catalogue: Catalogue) -> str:
    line = next(one.line for one in catalogue.wholes[charter].lines if one.line.number >= heading.line)
    return f'<a href="{text(reader_link(charter, line.start, line.end))}">{text(heading.title)}</a>'


def _matrix(catalogue: Catalogue) -> str:
    names = list(catalogue.wholes)
    if not catalogue.atlas.themes:
        return "<h3>Thema's</h3><p class=\"stil\">Voor dit corpus zijn geen thema's opgegeven (atlas.toml).</p>"
    head = "".join(f'<th scope="col"><span>{text(name)}</span></th>' for name in names)
    cells = {
        theme.name: "".join(_cell(catalogue, theme.name, name) for name in names) for theme in catalogue.atlas.themes
    }
    rows = "".join(f'<tr><th scope="row">{text(theme)}</th>{row}</tr>' for theme, row in cells.items())
    return (
        "<h3>Thema's per stad</h3><p>Waar een kop van het charter over een thema gaat: ● een eigen hoofdstuk, ○ een "
        "paragraaf binnen een ander hoofdstuk, – geen eigen kop. Zonder kop kan het thema wel in de tekst staan: stel "
        'dan een vraag.</p><p class="opzij stil">Schuif de tabel opzij voor de andere steden.</p>'
        '<div class="schuif" tabindex="0" role="region" aria-label="Tabel met thema\'s per stad">'
        f'<table class="matrix"><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _cell(catalogue: Catalogue, theme: str, charter: str) -> str:
    headings = catalogue.themes[theme, charter].headings
    if not headings:
        return '<td><span class="stil" role="img" aria-label="geen eigen kop">–</span></td>'
    first = headings[0]
    sign, what = ("●", "hoofdstuk") if first.depth == 1 else ("○", "paragraaf")
    line = next(one.line for one in catalogue.wholes[charter].lines if one.line.number >= first.line)
    link = text(reader_link(charter, line.start, line.end))
    label = text(f"{charter}, {theme}: {what} {first.title}")
    return f'<td><a href="{link}" aria-label="{label}" title="{text(first.title)}">{sign}</a></td>'


def _lacks(catalogue: Catalogue) -> str:
    unknown = [facts.charter for facts in catalogue.facts.values() if facts.date is None]
    lines = [text(line) for line in catalogue.atlas.lacks]
    if unknown:
        lines.append(f"een volledige, leesbare datum van ondertekening van {text(enumerated(unknown))}")
    items = "".join(f"<li>{line}</li>" for line in lines)
    title = "<h3>Wat er niet in staat</h3>"
    return f"{title}<ul>{items}</ul>" if items else ""
