"""Compare: what a few charters say under one theme, side by side, by party."""

import re
from itertools import groupby

from ingest.errors import UsageError
from ingest.whole import Heading, Placed, Whole
from qa.overview import section_lines
from ui.web.catalogue import Catalogue
from ui.web.markup import party, reader_link, text

MOST = 4  # columns that can be read beside each other
_LONGEST = 150  # words of a section before the rest is a link
_BULLETS = re.compile(r"(?:[-–•·o]\s+)+")  # the page draws its own; an asterisk means something in some charters


def compare_form(catalogue: Catalogue) -> str:
    """Return the choice of theme and cities."""
    if not catalogue.atlas.themes:
        return (
            '<p class="stil">Voor dit corpus zijn geen thema\'s opgegeven. Noem twee steden of documenten in een vraag '
            "om ze te vergelijken.</p>"
        )
    themes = "".join(f'<option value="{text(one.name)}">{text(one.name)}</option>' for one in catalogue.atlas.themes)
    cities = "".join(
        f'<label class="keuze"><input type="checkbox" name="stad" value="{text(name)}"> {text(name)}</label>'
        for name in catalogue.wholes
    )
    return (
        '<form id="vergelijkformulier"><p><label for="thema">Thema</label> '
        f'<select id="thema" name="thema">{themes}</select></p>'
        f'<fieldset><legend>Steden (twee tot {MOST})</legend><div class="keuzes">{cities}</div></fieldset>'
        '<button type="submit">Zet naast elkaar</button></form>'
    )


def compare_html(catalogue: Catalogue, theme: str, charters: list[str]) -> str:
    """Return the columns; raises UsageError for an unknown theme or too few or many charters."""
    names = [one.name for one in catalogue.atlas.themes]
    if theme not in names:
        raise UsageError(f"Thema {theme!r} is er niet", ", ".join(names))
    if not 2 <= len(set(charters)) <= MOST:
        raise UsageError(f"Er zijn {len(set(charters))} steden gekozen", f"twee tot {MOST} steden")
    wholes = [catalogue.whole(name) for name in dict.fromkeys(charters)]
    columns = "".join(_column(whole, catalogue.themes[theme, whole.charter.name].headings) for whole in wholes)
    return f'<h3 tabindex="-1">{text(theme)}</h3><div class="naast-elkaar">{columns}</div>'


def _column(whole: Whole, headings: tuple[Heading, ...]) -> str:
    name = text(whole.charter.name)
    if not headings:
        body = '<p class="stil">Geen eigen kop over dit thema. Stel er een vraag over.</p>'
    else:
        # A section within a chapter that is shown already would be said twice.
        highest = [one for one in headings if one.depth == headings[0].depth]
        body = "".join(_sections(whole, heading) for heading in highest)
    return f'<section class="kolom" aria-label="{name}"><h4>{name}</h4>{body}</section>'


def _sections(whole: Whole, heading: Heading) -> str:
    """The text under a heading, every section with its party; of a long section its beginning, so that all show."""
    titles = {one.line: one for one in whole.headings}
    out: list[str] = []
    words, more = 0, True
    lines = [one for one in section_lines(whole, heading) if one.role != "furniture"]
    for _, group in groupby(lines, key=lambda one: (one.role, one.block)):
        block = list(group)
        link = text(reader_link(whole.charter.name, block[0].line.start, block[-1].line.end))
        title = titles.get(block[0].line.number)
        if block[0].role == "heading" and title:
            words, more = 0, True
            level = 5 if title.depth <= heading.depth else 6
            who = "" if title.actor == "gezamenlijk" and title is heading else f" {party(title.actor)}"
            out.append(f'<h{level}><a href="{link}">{text(title.title)}</a>{who}</h{level}>')
            continue
        if words < _LONGEST:
            said = _said(block)
            words += len(said.split())
            out.append(f'<p class="regels {block[0].role}">{text(said)}</p>')
        elif more:
            more = False
            out.append(f'<p><a href="{link}">Lees verder in het charter</a></p>')
    return "".join(out)


def _said(block: list[Placed]) -> str:
    said = " ".join(one.line.text.strip() for one in block)
    bullets = _BULLETS.match(said) if block[0].role == "item" else None
    return said[bullets.end() :] if bullets else said
