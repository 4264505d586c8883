"""Of how many a question is asked: of one thing, or of every charter; and whether it is denied of them.

Pure functions on Dutch question forms. ``text`` is a question without courtesies (``qa.courtesy``); ``whether`` says
that it is asked if something is so ("of de steden meedoen").
"""

import re

from index.dutch import fold

# What people call a unit of the corpus.
UNITS = r"(?:steden|stad|gemeentes?|gemeenten|(?:wijk(?:en)?)?charters?|plaatsen|documenten?|stukken|rapporten|nota's)"
MANY = r"(?:steden|gemeenten|gemeentes|(?:wijk(?:en)?)?charters|documenten|rapporten|nota's)"
_ALL = rf"(?:de|deze|alle) (?:\w+ )?{MANY}\b"

_OVER_ALL = re.compile(
    rf"\b(?:welke?|hoeveel|alle|elke?|iedere?|noem|per|aantal|sommige|overige)\s+(?:van de\s+)?(?:\d+\s+|achttien\s+)?{UNITS}\b"
    rf"|(?:^|\b(?:noem|geef|lijst|overzicht|alle|de|van)\s+)(?:de |alle )?{UNITS}\s+(?:die|waar|met|zonder)\b"
    rf"|\bin (?:de )?(?:verschillende|diverse) {UNITS}\b|\b(?:overal|waar allemaal)\b"
)
# "Wanneer zijn de charters ondertekend", "wat doen de steden aan sport", also with the verb behind: of each of them. Not
# what others do for them ("welke partijen helpen de steden"), nor what a word means there.
_DO = rf"\w+n (?:er )?{_ALL}(?! (?:in|rond|uit)\b)"
_OF_THEM_ALL = re.compile(
    rf"^(?!.*\b(?:bedoeld|verstaan|bestemd|tot stand)\b|wat (?:zijn|betekenen) {_ALL}\s*[?.!]*$)(?:en )?(?:"
    rf"(?:wat|hoe(?: lang| vaak| ver)?|waar(?!om|bij\b|toe)\w*|(?:\w{{2,5}} )?wanneer) {_DO}"
    rf"|hoeveel (?:\w+ ){{0,3}}{_DO}"
    rf"|\w{{2,5}} (?:welke?|wie|hoeveel) (?:\w+ ){{0,3}}{_DO}"
    rf"|(?:welke?|wie) (?:\w+ ){{0,2}}(?!(?:help|hielp|steun|ondersteun|advis|begeleid)\w*\b){_DO}"
    rf"|{_DO}"
    rf"|(?:wat|hoe|waar(?!om|bij\b|toe)\w*|(?:\w{{2,5}} )?wanneer|hoeveel(?: \w+){{1,3}}?|(?:\w{{2,5}} )?welke? \w+) {_ALL}"
    rf"|wat (?:doen|willen|zeggen) {MANY}\b"
    rf"|wat (?:staat|is|wordt) (?:er )?in {_ALL}(?! van\b))"
)
# Asked whether: "is er een stad die …", "doet elke stad mee", "staat in de charters …".
_OF_ANY = re.compile(
    rf"^(?:is|zijn|bestaa[nt]|doet|doen) er (?:\w+ )?(?:een |geen |geen enkele |andere )?{UNITS} (?:die|dat|waar\w*|met|zonder|mee)\b"
    rf"|^er (?:\w+ )?(?:een |geen |geen enkele |andere )?{UNITS} (?:is|zijn|bestaa[nt]|meedoe[nt])\b"
    rf"|^\w+[tn] (?:er )?(?:elke?|iedere?|een van de|geen enkele?) {UNITS}\b"
    rf"|^(?:{_ALL}|(?:elke?|iedere?|een van de|geen enkele?) {UNITS}\b)"
    rf"|\bin (?:{_ALL}|(?:elke?|iedere?|een|een van de|geen enkele?) {UNITS}\b)(?! van\b)"
)
_NAMED = re.compile(rf"\b(?:per|elke?|iedere?|alle|welke?|hoeveel|aantal|de|van|een)\s+{UNITS}\b|^{UNITS}\b")
_EACH = re.compile(rf"\b(?:per|elke?|iedere?)\s+{UNITS}\b")  # "noem alle steden die …" are not all of them
_COUNTED = re.compile(rf"\b(?:hoeveel|aantal)\s+(?:van de\s+)?(?:\d+\s+|achttien\s+)?{UNITS}\b")
# Where no place is named, "waar komt een klussendienst" and "in welke wijken …" ask over all charters. A thing that is
# known ("waar komt het Randpark", "waar staat de afkorting voor", "waar kan ik terecht") is asked of one.
_WHERE = re.compile(
    r"^(?:en )?waar (?:allemaal )?\w+ (?:er )?(?!(?:ik|je|jij|u|we|wij|men|iemand|de|het|dit|dat|die|deze)\b)"
    r"|^(?:en )?waar \w+ (?:het rijk|de (?:gemeente|stad)|het kabinet)\b"
)
_WHERE_OTHERWISE = re.compile(
    r"\b(?:voor|uit|over|mee|toe|aan|vandaan|terecht|op|bij|van|naar)\s*[?.!]*$|\b(?:terecht|bedoeld|bestemd|vinden|vandaan|afkorting)\b"
)
_AREAS = re.compile(
    r"^(?:in |bij |voor |om |aan )?welke (?:\w+ )?(?:wijken|\w*wijken|buurten|(?:politie)?korpsen|(?:politie)?regio's|gebieden)\b"
)
_PROPER = re.compile(r"(?:En )?[Ww]aar \w+ (?:er )?[A-Z]")
_ELSEWHERE = re.compile(r"(?:^|\s)(?:[Ii]n|[Tt]e|[Uu]it|[Vv]an) [A-Z][a-z]+")

_VERB_FIRST = re.compile(
    r"^(?:is|zijn|was|mag|mogen|moet|moeten|kan|kunnen|heeft|hebben|krijgt|krijgen|doet|doen|gaat|gaan|wordt|worden|zal|"
    r"zullen|komt|komen|wil|willen|staat|staan|geldt|bestaat|betaalt|neemt|ligt|zegt|noemt|hoeft|hoeven|blijft|maakt|"
    r"levert|biedt|stelt|geeft|draagt|werkt|telt|(?!(?:wat|dat|met|uit|het|niet|tot)\b)\w+t (?:de|het|een|er))\b"
)
# "Vermeldt Leeuwarden een ouderkamer?", but not "Wat Arnhem doet?"
_VERB_NAME = re.compile(r"^(?!(?:wat|dat|met|uit|het|niet|tot)\b)[a-z]*t (?-i:[A-Z])\w+.*\?\s*$", re.I)

# Said of the charters themselves: "welke steden doen niet mee", "steden zonder …". In "jongeren die geen diploma hebben",
# "als bewoners niet meewerken" or "niet alleen", nothing is denied of a charter; nor is it where is asked what or how.
_DENIAL = r"(?:niet(?!-| alleen\b)|geen|ontbre(?:ekt|ken)|nergens)\b"
_OTHER_CLAUSE = r"(?:die|dat|waar\w*|wie|zonder|als|wanneer|indien|omdat|terwijl|om|toen|zodat)\b"
_SILENT = re.compile(r"\b(?:niets|geen (?:enkele?|woord|melding))\b")
_DENIED = re.compile(
    rf"\b{UNITS} zonder\b"
    rf"|\b{UNITS} (?:(?:die|waar(?:in|van)?) )?(?:(?!{_OTHER_CLAUSE})[^,;(?\s]+ ){{0,9}}?{_DENIAL}"
)
_OPEN = re.compile(r"^(?:en )?(?:wat|waar\w*|hoe)\b")
_IS_NONE = re.compile(r"^(?:is|zijn|bestaa[nt]) er (?:echt )?geen\b")


def over_all(text: str, whether: bool = False) -> bool:
    """Whether a question that names no charter is asked of each; one whether it is so is mostly about one thing."""
    folded = fold(text).strip()
    if _OF_THEM_ALL.search(folded):
        return True
    whether = whether or bool(_VERB_FIRST.match(folded))
    if _EACH.search(folded) and not whether:
        return True
    if whether and not _OVER_ALL.match(folded):
        return bool(_OF_ANY.search(folded))
    if _OVER_ALL.search(folded):
        return True
    where = _WHERE.match(folded) and not _WHERE_OTHERWISE.search(folded) and not _PROPER.match(text.strip())
    return bool((where or _AREAS.match(folded)) and not _ELSEWHERE.search(text))


def begins_with_verb(text: str) -> bool:
    """Whether a question begins with its verb, and so asks whether something is so."""
    return bool(_VERB_FIRST.match(fold(text).strip()) or _VERB_NAME.match(text.strip()))


def denied(text: str) -> bool:
    """Whether it is asked of which charters something is not true."""
    folded = fold(text).strip()
    if _IS_NONE.match(folded):
        return False
    return bool(_SILENT.search(folded) or (_DENIED.search(folded) and not _OPEN.match(folded)))


def of_each(text: str) -> bool:
    """Whether something is asked of each charter ("per stad"), so that most will have it."""
    return bool(_EACH.search(fold(text)))


def opens(text: str) -> bool:
    """Whether what or how is asked, so that a list of names alone is no answer."""
    return bool(re.match(r"(?:en )?(?:wat|hoe)\b", fold(text).strip()))


def counts_units(text: str) -> bool:
    """Whether charters are counted ("hoeveel steden"), not things in them."""
    return bool(_COUNTED.search(fold(text)))


def without_units(folded: str) -> str:
    """Return a folded question without what the units are called."""
    return _NAMED.sub("", folded)
