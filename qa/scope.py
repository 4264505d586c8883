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

_SOME = r"(?:(?:\d+|een|twee|drie|vier|vijf|achttien|enkele|andere|grote|verschillende|g4)[\s-]+)?"

_OVER_ALL = re.compile(
    rf"\b(?:welke?|hoeveel|alle|elke?|iedere?|noem|per|aantal|sommige|overige)\s+(?:van de\s+)?{_SOME}{UNITS}\b"
    rf"|(?:^|\b(?:noem|geef|lijst|overzicht|alle|de|van)\s+)(?:de |alle )?{UNITS}\s+(?:die|waar\w*|met|zonder)\b"
    rf"|\bin (?:de )?(?:verschillende|diverse) {UNITS}\b|\b(?:overal|waar allemaal)\b"
    rf"|\b(?:verschil|vergelijk|overeenkomst)\w*\b.*\b{_ALL}"
    rf"|^(?:overzicht |lijst )?{MANY}(?! van\b) \w|^\w+ {MANY}$"  # search terms
)
# "Wanneer zijn de charters ondertekend", "wat doen de steden aan sport", also with the verb behind: of each of them. Not
# what others do for them ("welke partijen helpen de steden"), nor what the charters are, or what a word means there.
_WHAT_IT_IS = (
    r"\b(?:bedoeld|verstaan|betekent|betekenen|afkorting|bestemd|tot stand|ontstaan|gekozen|gebaseerd|bindend|dienen)\b"
)
_DO = (
    rf"(?!(?:van|aan|in|binnen|tussen|tegen|een|geen)\b)\w+n (?:er )?"
    rf"(?:{_ALL}|(?<!kunnen )(?<!moeten )(?<!mogen )steden\b(?! die\b))"
)
_HOW = r"(?:wat|hoe(?: lang| vaak| ver)?|waar(?!om|bij\b|toe)\w*|(?:\w{2,5} )?wanneer)"
_HELPING = r"(?:help|hielp|steun|ondersteun|advis|begeleid)\w*\b"
_OF_THEM_ALL = re.compile(
    rf"^(?!.*{_WHAT_IT_IS}|(?:wat|welke) zijn {_ALL}\s*[?.!]*$|waar gaan )(?:en |\w+: )?(?:"
    rf"{_HOW} {_DO}"
    rf"|hoeveel (?:\w+ ){{0,3}}{_DO}"
    rf"|\w{{2,5}} (?:welke?|wie|hoeveel) (?:\w+ ){{0,3}}{_DO}"
    rf"|(?:welke?|wie) (?:\w+ ){{0,2}}(?!{_HELPING}){_DO}"
    rf"|{_DO}"
    rf"|(?:{_HOW}|hoeveel(?: \w+){{1,3}}?|(?:\w{{2,5}} )?welke? \w+|wie heeft) {_ALL}"
    rf"|wat (?:doen|willen|zeggen) {MANY}\b"
    rf"|(?:wat|hoe|hoeveel|welke?)\b.*\bin {_ALL}(?! van\b))"
)
# Asked whether: "is er een stad die …", "doet elke stad mee", "staat ergens …", "staat in de charters …".
_A = r"(?:een |geen |geen enkele |andere )?"
_EACH_ONE = r"(?:elke?|iedere?|een van de|geen enkele?|niet alle|niet elke?)"
_OF_ANY = re.compile(
    rf"^(?:is|zijn|bestaa[nt]|doet|doen) er (?:\w+ )?{_A}{UNITS} (?:die|dat|waar\w*|met|zonder|mee)\b"
    rf"|^er (?:\w+ )?{_A}{UNITS} (?:is|zijn|bestaa[nt]|meedoe[nt])\b"
    rf"|^\w+[tn] (?:er )?{_EACH_ONE} {UNITS}\b"
    rf"|^(?:{_ALL}|{_EACH_ONE} {UNITS}\b)"
    rf"|\bin (?:{_ALL}|(?:een|{_EACH_ONE}) {UNITS}\b)(?! van\b)"
    rf"|\b(?:overal|ergens)\b"
)
# "Welke andere steden dan Arnhem …", "naast Arnhem, welke steden …": the city that is named is not where to look.
_BESIDE = re.compile(
    rf"\b(?:andere|overige) {UNITS}\b.*\b(?:dan|behalve|naast|buiten)\b|^(?:behalve|naast|buiten)\b.*\b(?:welke|hoeveel|andere) (?:andere )?{UNITS}\b"
    rf"|\bwelke {UNITS} (?:behalve|naast|buiten)\b"
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
    r"|\b(?:voor|over|mee|aan)\s+(?:gehouden|gemaakt|voldoen)\b"
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
_DENIAL = (
    r"(?:(?<!met )(?<!naar )(?<!van )(?<!voor )(?:niet(?!-| alleen\b)|geen|niets|niks)|geen (?:woord|enkele?|melding)|nooit|noch|nergens|ontbre(?:ekt|ken)"
    r"|zwijg(?:t|en)|mis(?:t|sen)|onvermeld|buiten beschouwing)\b"
)
_OTHER_CLAUSE = r"(?:die|dat|waar\w*|wie|zonder|als|wanneer|indien|omdat|terwijl|om|toen|zodat)\b"
_NEAR = rf"(?:(?!{_OTHER_CLAUSE})[^,;(?\s]+ )"
_DENIED = re.compile(
    rf"\b{UNITS} zonder\b"
    rf"|\b{UNITS} (?:(?:die|waar(?:in|van)?) |\([^)]*\) )?{_NEAR}{{0,12}}?{_DENIAL}"
    rf"|^(?:en )?waar {_NEAR}{{0,6}}?{_DENIAL}"
)
_OPEN = re.compile(r"^(?:en )?(?:wat|waar\w+|waar hebben|hoe)\b")
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


def beside_the_named(text: str) -> bool:
    """Whether it is asked of the charters but the one that is named ("welke andere steden dan …")."""
    return bool(_BESIDE.search(fold(text).strip()))


def begins_with_verb(text: str) -> bool:
    """Whether a question begins with its verb, and so asks whether something is so."""
    return bool(_VERB_FIRST.match(fold(text).strip()) or _VERB_NAME.match(text.strip()))


def denied(text: str) -> bool:
    """Whether it is asked of which charters something is not true."""
    folded = fold(text).strip()
    if _IS_NONE.match(folded):
        return False
    if re.match(r"(?:en )?waar\b", folded) and _WHERE_OTHERWISE.search(folded):
        return False
    return bool(_DENIED.search(folded)) and not _OPEN.match(folded)


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
