"""Question analysis by rules and the manifest: kind, charters named, party, what is asked, and about what.

The rules are about Dutch question forms, never about a corpus: the names come in as charters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein

from index.dutch import MONTH, STOP_WORDS, Compounds, fold, stem, words
from ingest.model import DOCUMENT, Actor, Charter, Unit, unit_of
from qa.courtesy import without_courtesies
from qa.model import Kind
from qa.scope import (
    MANY,
    UNITS,
    begins_with_verb,
    beside_the_named,
    counts_units,
    denied,
    of_each,
    opens,
    over_all,
    without_units,
)

Asked = Literal["number", "amount", "date", "person", "place", "list", "yesno", "explain", "fact"]

_MORE = re.compile(r"\b(?:meer|meeste|minder|minste|hoger|hoogste|lager|laagste|beter|verder)\b")
_COMPARING = re.compile(
    r"\b(?:vergelijk(?:en|ing)?|vergeleken(?: met)?|verschil(?:len|t)?|overeenkomst(?:en)?|in vergelijking met|wie doet meer)\b",
    re.I,
)
_OF_NAMES = re.compile(r"\b(?:(?:bij|met) naam|(?:de|welke|hun) namen|namen van|hoe heten|(?<!uit )(?<!in )naam van)\b")
_ASKED: tuple[tuple[Asked, str], ...] = (
    (
        "date",
        r"\b(?:wanneer|welke? (?:datum|jaar|dag|maand|moment|periode)|welk jaar|\w*datum|tot wanneer|vanaf wanneer|jaartal)\b",
    ),
    (
        "amount",
        r"\b(?:hoeveel (?:geld|euro|miljoen|budget|subsidie|dragen|draagt|betalen|betaalt|krijg\w*|kost|kosten|ontvang\w*|leg\w*|invest\w*|zetten|zet|geven|geeft|steken|steekt|stoppen|stopt)|welk(?:e)? (?:bedrag|budget|som|bijdrage|investering)|bedrag\w*|budget\w*|kost(?:en)?\b|euro'?s?\b|miljoen|rijksgeld|rijksbijdrage|waard)",
    ),
    (
        "number",
        r"\b(?:hoeveel|hoe (?:vaak|groot|hoog|lang|veel)|aantal(?:len)?|welke? (?:\w*percentage|\w*aandeel|deel|\w*cijfer|score)|\w*percentage|procent|verhouding)\b",
    ),
    (
        "person",
        r"\b(?:wie|welke (?:wethouders?|ministers?|staatssecretaris\w*|perso\w+|burgemeester)|door wie|naam van de wethouder)\b",
    ),
    (
        "place",
        r"\b(?:waar(?!om|voor|aan|mee|uit|in\b|door|bij|over|van|op\b|toe)|op welke (?:plek|plaats|locatie)|welke (?:plek|plaats|locatie|buurt|wijk|straat)|locatie)\b",
    ),
    ("list", r"\b(?:welke|noem|wat voor|waaruit|opsomming|namen)\b"),
    (
        "explain",
        r"\b(?:hoe|waarom|waartoe|wat (?:is|zijn|houdt|doet|gaat|gebeurt|wil|betekent)|waarvoor|waardoor)\b",
    ),
)
# "Klopt het dat …", "is al zeker dat …", "(weet u) of …": whether it is so.
_WHETHER = re.compile(
    r"^(?:of|(?:klopt|is|staat)\s+(?:het\s+)?(?:(?:al|nu|echt|inderdaad)\s+)*"
    r"(?:(?:zeker|waar|zo|juist|vast|bekend|duidelijk|de bedoeling)\s+)?(?:dat|of))\s+",
    re.I,
)
_ACTOR_CUES: tuple[tuple[Actor, str], ...] = (
    (
        "rijk",
        r"\b(?:het rijk|rijk|rijks\w*|kabinet|ministers?|ministeries?|staatssecretaris\w*|regering|wwi|vrom|ocw|szw|vws|bzk|ez|justitie|lnv|overheid in den haag)\b",
    ),
    (
        "gemeente",
        r"\b(?:de gemeente|gemeente|gemeentelijke?|college|wethouders?|de stad|stad(?:sbestuur)?)\b",
    ),
)
_GENERIC = frozenset([
    "stad", "steden", "gemeente", "gemeenten", "gemeentes", "gemeentelijk", "gem", "charter", "charters", "wijkencharter", "wijkencharters", "wijk",
    "wijken", "krachtwijk", "krachtwijken", "buurt", "buurten", "plaats", "plaatsen", "document", "documenten",
    "rijk", "doet", "doen", "meedoet", "meedoen", "deel", "neemt", "nemen", "nam", "namen", "gaat", "gaan", "komt",
    "komen", "krijgt", "krijgen", "wil", "willen", "moet", "moeten", "mag", "mogen", "zegt", "zeggen", "staat",
    "staan", "noemt", "noemen", "genoemd", "aan", "orde", "aantal", "hoeveel", "bedrag", "welk", "wanneer", "extra",
    "alle", "elk", "elke", "per", "allemaal", "eigenlijk", "precies", "volgens", "afspraak", "afspraken",
    "afgesproken", "geregeld", "sprake", "werkt", "werken", "gebeurt", "maakt", "maken", "geeft", "geven", "heet",
    "heten", "helemaal", "niets", "niet", "geen", "enkele", "iets", "eigen", "meer", "veel", "nog", "jaar", "datum",
    "aanpak", "hele", "ieder", "iedere", "ongeveer", "minstens", "hooguit", "komende", "binnen", "ook", "samen",
    "verder", "tegen", "vanuit", "vooral", "juist", "graag", "soort", "vorm", "manier", "moment", "bepaalde",
    "bepaald", "bestaan", "bestaat", "inzet", "inzetten", "zetten", "zet", "plan", "plannen", "gebied", "terrein",
    "onderwerp", "thema", "onderdeel", "vermelden", "vermeldt", "vermelding", "bevatten", "bevat", "verwijzen",
    "verwijst", "loopt", "lopen", "mee", "later", "geheten", "genaamd", "ter", "melding", "biedt", "bieden",
    "programma", "project", "hebben", "afkorting", "afkortingen", "betekent", "betekenis", "begrip", "term",
    "bedoeld", "bedoelt", "heel", "gezegd",
])  # fmt: skip

_ABOUT_PLACES = re.compile(
    r"\b(?:welke|namen van de|hoe heten de)\s+(?:\w+\s+)?(?:wijk|wijken|krachtwijken?|buurt|buurten)\b"
)
_CHOSEN = re.compile(  # what a question about the neighbourhoods themselves is made of
    rf"\w*(?:wijk|buurt)(?:en)?|aangewezen|geselecteerd|gekozen|uitgekozen|uitgezocht|betreft|betrokken|val(?:t|len)|onder"
    rf"|namen|horen|hoort|bij|{'|'.join(sorted(_GENERIC))}"
)
# Everyday words for what policy texts call otherwise; both are searched for.
_SIGNING = ("ondertekend", "ondertekening")
_LASTING = ("gelden", "geldt")
_POLICY_WORDS = {
    **dict.fromkeys(
        map(
            stem,
            (
                "tekenen",
                "tekende",
                "tekenden",
                "getekend",
                "handtekening",
                "ondertekend",
                "ondertekening",
                "ondertekeningsdatum",
                "tekendatum",
            ),
        ),
        _SIGNING,
    ),
    **dict.fromkeys(
        map(stem, ("ingaan", "ingegaan", "looptijd", "lopen", "duren", "gelden", "geldt", "geldig")), _LASTING
    ),
}
_GOES_INTO_FORCE = re.compile(r"\bga(?:at|an)\b.*\bin\s*[?.]*$")
_ABOUT_SIGNING = re.compile(
    r"\b(?:onder|mede|meeonder|mee)?(?:ge)?teken(?:d|de|den|t|en|ing|aars?|ingsdatum)\b|handtekening|tekendatum"
)
_BY_ALL = re.compile(rf"\b(?:{MANY}|(?:onder)?tekenden|ondertekenaars)\b")
_OTHER_PAPER = re.compile(r"\b(?:convenant|\w*plan|\w*overeenkomst|\w*akkoord|contract|verklaring|manifest)\b")
# What a question about the signing of a charter is made of; with any other word it asks for something else.
_OF_SIGNING = frozenset(map(stem, [
    "tekende", "tekent", "getekend", "ondertekende", "ondertekent", "ondertekend", "ondertekening", "ondertekenaar", "handtekening",
    "handtekeningen", "zette", "gezet", "plaatste", "onder", "namens", "wethouder", "burgemeester", "bestuurder",
    "minister", "bewindspersoon", "persoon", "portefeuille", "functie", "ambt", "naam", "heet", "ging", "waarover",
    "kant", "zijde", "partij", "hij", "zij", "heeft", "had", "destijds", "overeenkomst", "charter", "wijkencharter", "rijk",
    "gemeente", "stad", "kabinet", "staat", "datum", "dag", "moment",
]))  # fmt: skip
_ON = r"\b(?:aan|tegen|voor|over|met|rond|rondom|inzake|gebied van)\b"
_BROAD = re.compile(
    rf"\bwat (?:doe[nt]|gaat|gaan|wil|willen|zegt|zeggen|staat|spreekt|spreken|heeft|hebben|is|zijn|komt|gebeurt|belooft)\b"
    rf".*{_ON}|^(?:iets|alles|meer) over\b|\bwelke (?:\w+ )?(?:maatregelen|afspraken|plannen|acties|ambities|doelen|inzet)\b.*{_ON}"
    rf"|^wat (?:[\w-]+ ){{1,4}}?(?:(?:doet|zegt|belooft)\b.*{_ON}|{_ON}.* (?:doet|zegt|belooft)\s*[?.!]*$)"  # "(zeg mij) wat …"
)
_SENTENCE = re.compile(
    r"\?|\b(?:wie|wat|waar(?:om|mee|voor)?|wanneer|hoe(?:veel|zo)?|welke?|noem|geef|zijn|is|heeft|hebben|doet|krijgt)\b"
)
_NOT_COUNTED = STOP_WORDS | frozenset(
    [
        "extra",
        "nieuwe",
        "meer",
        "keer",
        "geld",
        "procent",
        "euro",
        "miljoen",
        "groepen",
        "sociale",
        "soorten",
        "uur",
        "jaar",
    ]
)


@dataclass(frozen=True)
class Question:
    """A question understood: what to search for, where, and what form the answer takes.

    ``text`` is the question without a greeting or a request to be told.
    ``search`` is the question for retrieval, with misspelt words mended; ``topic`` are the folded words that carry its
    subject (no question words, no names of charters); ``counted`` is the stem of what "hoeveel …" counts;
    ``alternatives`` are words of which any one will do; ``unit`` is what a unit of the corpus is called;
    ``corrections`` are (as written, as understood); ``within`` and ``only`` are the user's filters on charter and party.
    """

    text: str
    search: str
    kind: Kind
    charters: tuple[str, ...]
    actor: Actor | None
    asked: Asked
    topic: tuple[str, ...]
    counted: str = ""
    alternatives: tuple[tuple[str, ...], ...] = ()
    unit: Unit = DOCUMENT
    negated: bool = False
    corrections: tuple[tuple[str, str], ...] = ()
    places: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    only: Actor | None = None

    @property
    def about_places(self) -> bool:
        """Whether the neighbourhoods themselves are asked for ("om welke wijken gaat het"), and nothing else of them."""
        return bool(_ABOUT_PLACES.search(fold(self.text))) and all(map(_CHOSEN.fullmatch, self.topic))

    @property
    def about_names(self) -> bool:
        """Whether proper names are asked for ("welke corporaties, bij naam")."""
        return bool(_OF_NAMES.search(fold(self.text)))

    @property
    def about_signing(self) -> bool:
        """Whether the signing of the charters themselves is asked about."""
        return bool(_ABOUT_SIGNING.search(fold(self.text)))

    @property
    def of_signing_alone(self) -> bool:
        """Whether the signing of the charters is all that is asked about."""
        other = _OTHER_PAPER.search(fold(self.text))
        return self.about_signing and not other and all(stem(word) in _OF_SIGNING for word in self.topic)

    @property
    def about_term(self) -> bool:
        """Whether it is asked when the agreement as a whole was signed, begins or ends."""
        return self.about_signing or bool(_policy_terms(self.text))

    @property
    def broad(self) -> bool:
        """Whether all that is said of a subject will do ("Wat doet Arnhem aan sport?")."""
        return bool(_BROAD.search(fold(self.search)))

    @property
    def keywords(self) -> bool:
        """Whether search terms are given and no sentence ("politie op straat Arnhem aantal")."""
        return not _SENTENCE.search(fold(self.text))

    @property
    def every(self) -> bool:
        """Whether something is asked of each charter ("per stad"), so that most will have it."""
        return of_each(self.text)

    @property
    def opens(self) -> bool:
        """Whether what or how is asked, so that a list of names alone is no answer."""
        return opens(self.search)

    @property
    def scope(self) -> tuple[str, ...]:
        """The charters to search: those the user filters on, else those the question names; empty means all."""
        return self.within or self.charters


def analyse(text: str, charters: Sequence[Charter], compounds: Compounds) -> Question:
    """Understand a question with the names of the corpus's charters and its words (for misspellings)."""
    text = without_courtesies(text)
    named = () if beside_the_named(text) else named_charters(text, charters, compounds)
    corrections = misspellings(text, charters, compounds)
    search, whether = _said(mended(text, corrections))
    kind = _kind(search, named, len(charters), whether)
    asked = "yesno" if whether else _asked_of_many(search, kind)
    sought = _without_date_limit(_in_policy_words(search)) if kind == "collection" else search
    sought = _without_date_limit(_compared(sought)) if kind == "compare" else sought
    return Question(
        text=text,
        search=sought,
        kind=kind,
        charters=named,
        actor=_actor(without_units(fold(search)) if kind == "collection" else fold(search)),
        asked=asked,
        topic=_without_units(_topic(sought, charters)) if kind == "collection" else _topic(sought, charters),
        counted=_counted(search),
        unit=unit_of(charters),
        alternatives=_alternatives(search) + (_policy_terms(search) if kind == "collection" else ()),
        negated=kind == "collection" and denied(search),
        corrections=corrections,
    )


def _said(text: str) -> tuple[str, bool]:
    """What a question asks, and whether it asks if that is so ("of Arnhem meedoet", "klopt het dat …")."""
    said = _WHETHER.sub("", text)
    return said, said != text


def named_charters(text: str, charters: Sequence[Charter], compounds: Compounds) -> tuple[str, ...]:
    """Return the charters that a question names by city, alias, inhabitants or neighbourhood, also misspelt."""
    asked = words(text)
    found = [charter.name for charter in charters if _position(asked, _names(charter)) is not None]
    if not found:
        found = [charter.name for charter in charters if _nearly_named(asked, charter, compounds)]
    cities = [charter.name for charter in charters if _position(asked, [charter.name, *charter.aliases]) is not None]
    # A neighbourhood's name that another city shares gives way to the city that is named.
    return tuple(cities or found)


def _names(charter: Charter) -> list[str]:
    return [charter.name, *charter.aliases, *charter.places]


def _position(asked: list[str], names: Sequence[str]) -> int | None:
    """Where one of the names stands in the words of the question, as whole words; hyphens and spaces are alike."""
    for name in names:
        parts = words(name)
        for start in range(len(asked) - len(parts) + 1):
            if parts and asked[start : start + len(parts)] == parts:
                return start
    return None


def _nearly_named(asked: list[str], charter: Charter, compounds: Compounds) -> bool:
    names = [word for name in _names(charter) for word in words(name) if len(word) >= 6 and " " not in name]
    return any(
        word not in compounds.counts
        and word[0] == name[0]
        and DamerauLevenshtein.distance(word, name) <= 1 + (len(name) > 8)
        for word in asked
        if len(word) >= 5
        for name in names
    )


def misspellings(text: str, charters: Sequence[Charter], compounds: Compounds) -> tuple[tuple[str, str], ...]:
    """Return (as written, as meant) for words that the corpus does not have but nearly has."""
    known = {word for charter in charters for name in _names(charter) for word in words(name)}
    pairs = ((word, compounds.nearest(word)) for word in dict.fromkeys(words(text)) if word not in known)
    return tuple((word, meant) for word, meant in pairs if meant and stem(meant) != stem(word))


def mended(text: str, corrections: Sequence[tuple[str, str]]) -> str:
    """Return the text with the corrections made."""
    for written, meant in corrections:
        text = re.sub(rf"\b{re.escape(written)}\b", meant, text, flags=re.IGNORECASE)
    return text


def _kind(text: str, named: tuple[str, ...], total: int, whether: bool) -> Kind:
    if len(named) > 1:
        return "compare"
    if named or total == 1:
        return "single"
    of_all = over_all(text, whether) or (_ABOUT_SIGNING.search(fold(text)) and _BY_ALL.search(fold(text)))
    return "collection" if of_all else "single"


def _asked(text: str) -> Asked:
    folded = fold(text).strip()
    if begins_with_verb(text):
        return "yesno"
    return next((asked for asked, pattern in _ASKED if re.search(pattern, folded)), "fact")


def _asked_of_many(text: str, kind: Kind) -> Asked:
    """What is asked; "hoeveel steden" counts charters, not things, and "wie krijgt meer" compares, asks no person."""
    asked, folded = _asked(text), fold(text)
    if kind == "collection" and counts_units(text):
        return "list"
    if kind == "compare" and asked == "person" and _MORE.search(folded):
        return "amount" if re.search(r"\b(?:geld|euro|budget|bijdrage|betaal|betalen)", folded) else "fact"
    return asked


def _compared(text: str) -> str:
    """Return a question without the words that only say that charters are compared."""
    plain = " ".join(_COMPARING.sub(" ", text).split())
    return plain if words(plain) else text


def _alternatives(text: str) -> tuple[tuple[str, ...], ...]:
    """Words of which any one will do: "zwerfafval of zwerfvuil", "kansenzone (kanszone)", "CJG/OKC", "a, b of c"."""
    found = re.findall(
        r"((?:[\w-]{3,}, (?:een |het |de )?)*[\w-]{3,}) of (?:een |het |de )?(\w{3,})|(\w{3,}) \((\w{3,})\)|(\w{3,})/(\w{3,})",
        fold(text),
    )
    groups = (tuple(word for part in match for word in re.findall(r"\w{3,}", part)) for match in found)
    return tuple(tuple(word for word in group if word not in STOP_WORDS) for group in groups)


def _policy_terms(text: str) -> tuple[tuple[str, ...], ...]:
    """Everyday words of a question with the policy terms that mean the same, each group of which any one will do."""
    groups: list[tuple[str, ...]] = [
        (word, *_POLICY_WORDS[stem(word)])
        for word in words(text)
        if stem(word) in _POLICY_WORDS and word != "geld"  # money, though its stem is that of "gelden" too
    ]
    if _GOES_INTO_FORCE.search(fold(text)):
        groups.append(_LASTING)
    return tuple(dict.fromkeys(groups))


def _in_policy_words(text: str) -> str:
    """Return the question with the policy term added for an everyday word that has one."""
    given = words(text)
    added = [term for group in _policy_terms(text) for term in group if term not in given]
    return f"{text} {' '.join(dict.fromkeys(added))}".strip()


def _without_date_limit(text: str) -> str:
    """Return the question without a date that is a condition, which would be searched for as if it were the subject."""
    return re.sub(
        rf"\b(?:voor|vóór|na|op|vanaf|sinds|in|tot|eerder dan|later dan)\s+(?:\d{{1,2}}\s+)?(?:{MONTH})(?:\s+\d{{4}})?",
        "",
        text,
        flags=re.I,
    )


def _counted(text: str) -> str:
    """The stem of the thing counted: the first noun-like word after "hoeveel" or "aantal"."""
    match = re.search(r"\b(?:hoeveel|aantal)\s+((?:\w|-)+(?:\s+\w+)?)", fold(text))
    after = [word for word in words(match[1]) if word not in _NOT_COUNTED] if match else []
    return stem(after[0]) if after else ""


def _actor(folded: str) -> Actor | None:
    """The party asked about, where exactly one is; "rijk en gemeente" together ask about neither in particular."""
    found = [actor for actor, pattern in _ACTOR_CUES if re.search(pattern, folded)]
    return found[0] if len(found) == 1 else None


def _topic(text: str, charters: Sequence[Charter]) -> tuple[str, ...]:
    names = {word for charter in charters for name in _names(charter) for word in words(name)}
    telling = [word for word in words(text) if word not in STOP_WORDS and word not in names]
    return tuple(dict.fromkeys([word for word in telling if word not in _GENERIC] or telling))


def _without_units(topic: tuple[str, ...]) -> tuple[str, ...]:
    """What the units are called says nothing of what is asked of them, unless there is nothing else."""
    return tuple(word for word in topic if not re.fullmatch(UNITS, word)) or topic
