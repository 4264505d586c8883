"""The page itself: header, menu, the question form and the views, into which answers are put later."""

from ingest.model import CHARTER
from qa.engine import LONGEST_QUESTION
from ui.web.catalogue import Catalogue
from ui.web.compare import compare_form
from ui.web.markup import ACTORS, text
from ui.web.overview import overview_html
from ui.web.presence import WITHOUT
from ui.web.reader import charter_list

_VIEWS = (("vraag", "Vragen"), ("overzicht", "Overzicht"), ("vergelijken", "Vergelijken"), ("lezer", "Lezen"))
_PARTIES = {"": "alle partijen", "gemeente": "de gemeente", "rijk": "het rijk", "gezamenlijk": "gezamenlijk"}


def page_html(catalogue: Catalogue, model: str | None) -> str:
    """Return the page; ``model`` is the language model that writes, None where there is none."""
    menu = "".join(f'<li><a href="#{name}" data-weergave="{name}">{label}</a></li>' for name, label in _VIEWS)
    return (
        '<div id="cw" data-weergave="vraag"><a class="naar-inhoud" href="#inhoud">Naar de inhoud</a>'
        '<header class="kop"><div class="rand"><h1 class="naam">Charterwijzer</h1>'
        f'<p class="onder">{text(_subtitle(catalogue))}</p>'
        f'<nav aria-label="Hoofdmenu"><ul>{menu}</ul></nav></div></header>'
        '<main id="inhoud" tabindex="-1" class="rand">'
        f"{_ask_view(catalogue, model)}"
        f'<section class="weergave" id="weergave-overzicht">{overview_html(catalogue)}</section>'
        '<section class="weergave" id="weergave-vergelijken"><h2>Vergelijken</h2>'
        "<p>Kies een thema en een paar steden; wat hun charters onder dat thema zeggen, komt naast elkaar te staan.</p>"
        f'{compare_form(catalogue)}<div id="vergelijking" aria-live="polite"></div></section>'
        f"{_reader_view(catalogue)}"
        '</main><footer class="voet"><div class="rand"><p>Charterwijzer draait op deze computer. Vragen, antwoorden en '
        "oordelen worden nergens heen gestuurd. Lees de bron voor u op een antwoord bouwt.</p></div></footer>"
        '<p id="melding" class="verborgen" role="status" aria-live="polite"></p></div>'
    )


def _subtitle(catalogue: Catalogue) -> str:
    count, shipped = len(catalogue.wholes), catalogue.title == "De Charters" and catalogue.unit == CHARTER
    what = f"{count} wijkencharters van 2008" if shipped else f"{catalogue.unit.count(count)} van {catalogue.title}"
    return f"Vragen over de {what}, met bij elke uitspraak de letterlijke bron"


def _ask_view(catalogue: Catalogue, model: str | None) -> str:
    searched = text(catalogue.unit.count(len(catalogue.wholes)))
    mode = f"Is taalmodel {text(model)} te bereiken, dan schrijft het mee." if model else WITHOUT
    return (
        '<section class="weergave" id="weergave-vraag"><h2 class="verborgen">Stel een vraag</h2>'
        f'<form id="vraagformulier" data-bezig="Bezig met zoeken in {searched} …">'
        '<label class="vraaglabel" for="vraag">Uw vraag'
        '<span id="vervolg" hidden> of vervolgvraag</span></label>'
        f'<textarea id="vraag" name="vraag" rows="2" maxlength="{LONGEST_QUESTION}" aria-describedby="stand">'
        "</textarea>"
        '<div class="regelknoppen"><button type="submit" id="stel">Stel vraag</button>'
        '<button type="button" id="stop" class="klein" hidden>Stop</button>'
        '<button type="button" id="nieuw" class="klein" hidden>Nieuw gesprek</button></div>'
        '<p id="wacht" class="wacht" role="status" aria-live="polite"></p><div id="fout" role="alert"></div>'
        f'{_filters(catalogue)}</form><p id="stand" class="stil">{searched}. '
        f'<span id="wijze"{" data-peil" if model else ""}>{mode}</span></p>'
        f'{_examples(catalogue)}<div id="gesprek"></div></section>'
    )


def _filters(catalogue: Catalogue) -> str:
    parties = "".join(
        f'<label class="keuze"><input type="radio" name="partij" value="{name}"{"" if name else " checked"}> '
        f"{text(label)}</label>"
        for name, label in _PARTIES.items()
        if not name or name in ACTORS
    )
    cities = "".join(
        f'<label class="keuze"><input type="checkbox" name="stad" value="{text(name)}"> {text(name)}</label>'
        for name in catalogue.wholes
    )
    what = "Steden" if catalogue.unit == CHARTER else "Documenten"
    return (
        '<details class="filters"><summary>Beperk de vraag <span id="filterstand"></span></summary>'
        f'<fieldset><legend>Wie het doet</legend><div class="keuzes">{parties}</div></fieldset>'
        f'<fieldset><legend>{what} (geen keuze: alle)</legend><div class="keuzes">{cities}</div></fieldset>'
        '<button type="button" class="klein" id="wis">Wis de keuze</button></details>'
    )


def _examples(catalogue: Catalogue) -> str:
    if not catalogue.atlas.examples:
        return '<div id="voorbeelden"></div>'
    groups = "".join(
        f"<div><h3>{text(group.kind)}</h3><ul>"
        + "".join(
            f'<li><button type="button" data-vraag="{text(one)}">{text(one)}</button></li>' for one in group.questions
        )
        + "</ul></div>"
        for group in catalogue.atlas.examples
    )
    return (
        '<section id="voorbeelden" aria-labelledby="voorbeeldkop"><h2 id="voorbeeldkop">Bijvoorbeeld</h2>'
        f'<div class="groepen">{groups}</div></section>'
    )


def _reader_view(catalogue: Catalogue) -> str:
    return (
        '<section class="weergave" id="weergave-lezer"><div class="lezerbalk">'
        '<button type="button" class="klein" id="terug" hidden>Terug naar het antwoord</button>'
        '<div id="bladeren" role="group" aria-label="Bronnen van het antwoord" hidden>'
        '<button type="button" class="klein" data-blader="-1">Vorige bron</button> <span id="bronstand"></span> '
        '<button type="button" class="klein" data-blader="1">Volgende bron</button></div>'
        '<form id="zoekformulier" role="search" hidden><label for="zoek">Zoek in dit charter</label> '
        '<input type="search" id="zoek" autocomplete="off"> '
        '<button type="button" class="klein" id="vorige" disabled>Vorige</button> '
        '<button type="submit" class="klein">Volgende</button> '
        '<span id="zoekstand" role="status"></span></form></div>'
        '<div id="charterkeuze"><h2>Lezen</h2><p>Kies een charter om te lezen.</p>'
        f'{charter_list(catalogue.wholes)}</div><div id="charter"></div></section>'
    )
