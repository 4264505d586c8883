"""The sources beside an answer: of each citation where it stands, who acts, and the quote in its surroundings."""

from itertools import groupby

from qa.model import Answer, Citation
from qa.surroundings import surroundings
from ui.web.catalogue import Catalogue
from ui.web.markup import lines_of, party, reader_link, text


def sources_html(answer: Answer, catalogue: Catalogue, turn: int) -> str:
    """Return the list of sources; each leads to its place in the charter."""
    if not answer.citations:
        return '<h3>Bronnen</h3><p class="stil">Bij dit antwoord horen geen bronnen.</p>'
    groups = groupby(answer.citations, key=lambda citation: citation.charter)
    items = "".join(
        f'<li class="bron" id="bron-{turn}-{citation.n}" tabindex="-1">{_source(citation, catalogue)}</li>'
        for _, group in groups
        for citation in group
    )
    return f'<h3>Bronnen</h3><ol class="bronnen">{items}</ol>'


def _source(citation: Citation, catalogue: Catalogue) -> str:
    link = reader_link(citation.charter, citation.start_char, citation.end_char, citation.n)
    path = " › ".join((citation.charter, *citation.section))
    around = surroundings(citation, catalogue.passages.get(citation.passage_id))
    where = lines_of(citation.start_line, citation.end_line)
    before, after = (f"{text(around.before)} " if around.before else ""), f" {text(around.after)}"
    return (
        f'<p class="bronkop"><span class="nummer">[{citation.n}]</span> '
        f'<a href="{text(link)}">{text(path)}<span class="verborgen">, lees in het charter</span></a></p>'
        f'<p class="bronplaats">{party(citation.actor)} {where}</p>'
        f"<blockquote><p>{before}<mark>{text(around.quote)}</mark>{after.rstrip()}</p></blockquote>"
    )
