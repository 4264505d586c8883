"""Follow-up questions: what "en in …?" or "wie betaalt dat?" means after the last question, by rules.

Pure functions on Dutch question forms; the names of cities and neighbourhoods come in as charters. Each rule returns
the question so that it stands alone, or None where it does not apply; the first that applies decides. A question that
has all it needs is left alone: a rewriting too many does more harm than one too few.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from index.dutch import MONTH
from ingest.model import Charter
from qa.courtesy import without_courtesies
from qa.scope import over_all

Naming = Literal["city", "adjective", "people", "place"]

_LEAD = re.compile(r"^(?:en|ok[eé]|goed|maar|dus|nou)\b[\s,]*(?:dan\s+|ook\s+)?", re.I)
_TAIL = re.compile(r"[\s?.!]+$|\s+(?:dan|eigenlijk|precies|ook)(?=[\s?.!]*$)", re.I)
_ASK = (
    r"(?:hoeveel|hoe\s+(?:vaak|groot|hoog|lang|veel|zo)|hoezo|hoe|wanneer|waarom|waarvoor|waartoe|waarmee|waardoor|waar|wie|wat|"
    r"welke?|vanaf\s+wanneer|tot\s+wanneer|tegen\s+wanneer|sinds\s+wanneer|door\s+wie|met\s+wie|voor\s+wie|van\s+wie|"
    r"met\s+hoeveel|naar\s+welk\w*|in\s+welke?|in\s+hoeveel|op\s+welke?|bij\s+hoeveel|voor\s+hoeveel)"
)
_VERB = (
    r"(?:is|zijn|was|mag|mogen|moet|moeten|kan|kunnen|heeft|hebben|krijgt|krijgen|doet|doen|gaat|gaan|wordt|worden|zal|"
    r"zullen|komt|komen|wil|willen|staat|staan|geldt|gelden|bestaat|betaalt|betalen|neemt|nemen|ligt|liggen|zegt|zeggen|"
    r"noemt|noemen|blijft|blijven|maakt|maken|levert|leveren|biedt|bieden|stelt|stellen|geeft|geven|draagt|dragen|werkt|"
    r"werken|telt|tellen|zet|zetten|voert|voeren|begint|beginnen|start|starten|bouwt|bouwen|trekt|trekken|steekt|steken|"
    r"vindt|vinden|houdt|houden|streeft|streven|zit|zitten|helpt|helpen|kost|kosten|ontvangt|ontvangen|tekende|tekenden|"
    r"doen|richt|richten|verbetert|investeert|investeren|ontwikkelt|betekent|heet|heten|regelt|regelen|organiseert|"
    r"ontwerpt|bepaalt|beslist|ondertekende|ondertekenden|gebeurt)"
)
_SINGULAR = {
    "zijn": "is", "hebben": "heeft", "krijgen": "krijgt", "doen": "doet", "gaan": "gaat", "worden": "wordt",
    "zullen": "zal", "komen": "komt", "willen": "wil", "staan": "staat", "betalen": "betaalt", "nemen": "neemt",
    "noemen": "noemt", "maken": "maakt", "bieden": "biedt", "geven": "geeft", "dragen": "draagt", "werken": "werkt",
    "zetten": "zet", "voeren": "voert", "beginnen": "begint", "starten": "start", "bouwen": "bouwt", "mogen": "mag",
    "kunnen": "kan", "moeten": "moet", "ontvangen": "ontvangt", "tekenden": "tekende", "investeren": "investeert",
    "helpen": "helpt", "ondertekenden": "ondertekende",
}  # fmt: skip
_UNITS = r"(?:steden|gemeenten|gemeentes|(?:wijk(?:en)?)?charters|plaatsen|documenten)"
_OVER_ALL = re.compile(
    rf"\b(welke|hoeveel)\s+({_UNITS})\b|\b(?:elke|iedere)\s+(?:stad|gemeente)\b|\balle\s+{_UNITS}\b", re.I
)
_OTHERS = re.compile(
    rf"(?:in\s+|bij\s+|voor\s+)?(?:(?:de\s+|alle\s+)?(?:andere|overige)\s+{_UNITS}|(?:alle|elke|iedere)\s+(?:{_UNITS}|stad|gemeente)|"
    r"de\s+(?:anderen|rest)|elders|ergens\s+anders|overal)",
    re.I,
)
_PARTY = (
    r"(?:het\s+rijk|de\s+rijksoverheid|het\s+kabinet|de\s+minister|de\s+staat|het\s+ministerie(?:\s+van\s+\w+)?|"
    r"de\s+gemeente|de\s+stad|het\s+college|de\s+wethouder)"
)
_PARTY_ALONE = re.compile(rf"(?:(?:door|van|voor)\s+)?({_PARTY})(?:\s+zelf)?", re.I)
_YEAR = r"(?:(?:19|20)\d\d)"
_WHEN = re.compile(
    rf"(?:(?:in|voor|vóór|na|tot|sinds|vanaf|op)\s+)?(?:\d{{1,2}}\s+)?(?:(?:{MONTH})\s+)?{_YEAR}|in\s+(?:{MONTH})", re.I
)
_PREPOSITION = (
    r"(?:aan|voor|tegen|over|met|bij|van|op|in|naar|rond|onder|tot|door|per|ten|om|uit|vanaf|sinds|na|binnen|tijdens)"
)
_ARTICLE = r"(?:de|het|een|die|dat)"
# A pronoun that stands for the subject: before a verb form at the end, a preposition, "nu" and the like, or the end.
_PRONOUN = re.compile(
    rf"\b(?:dat|die|dit|deze|ze|zij|hij)\b(?=\s*$|\s+(?:{_PREPOSITION}|nu|al|nog|ook|precies|dan|eigenlijk|zelf|"
    r"(?:ge|be|ver|ont|her)\w+(?:d|t|en)|klaar|af|zo|mee|allemaal|weer|niet|in)\b)",
    re.I,
)
_ADVERB = re.compile(r"\b(?:daar|er|hier)(voor|van|mee|aan|bij|over|tegen|op|door|in)\b", re.I)
_SPLIT = re.compile(
    r"\bdaar\b(?=.*\b(voor|van|mee|aan|bij|over|tegen|op|door|in)(?:\s*$|\s+(?:al|nu|nog|op|bij|mee)\b))", re.I
)
_THERE = re.compile(
    r"\b(?:in\s+(?:die|deze)\s+(?:stad|gemeente|wijk|buurt|wijken|buurten|plaats)|in\s+dat\s+charter|aldaar|daar)\b",
    re.I,
)
_THAT_YEAR = re.compile(r"\bin\s+(?:dat|hetzelfde)\s+jaar\b|\btoen\b", re.I)
_THOSE_CITIES = re.compile(rf"\b(?:die|deze)\s+({_UNITS})\b", re.I)
_NAMED_AGAIN = re.compile(r"\b(?:die|dat|deze|dit)\s+(?!(?:jaar|nu|al|nog|ook|dan|is|zijn)\b)([a-zà-ÿ]{4,})\b", re.I)
# "projecten die jongeren helpen", "klopt het dat …": no pointing back.
_RELATIVE = re.compile(rf"(?:\b(?!{_VERB}\b)\w{{4,}}\s*,?|\bhet)\s+(?:die|dat)\s+\S", re.I)
_PARTICIPLE = re.compile(r"\s(?:ge|be|ver|ont|her|aan|op|af|uit|in)\w+(?:d|t|en)$")


@dataclass(frozen=True)
class Mention:
    """A charter named in a text: where, which, and by what sort of name."""

    start: int
    end: int
    charter: Charter
    naming: Naming
    text: str


@dataclass(frozen=True)
class Turn:
    """A follow-up beside the last question: ``bare`` is the new one without "en" and question mark."""

    bare: str
    led: bool
    previous: str
    new: tuple[Mention, ...]
    old: tuple[Mention, ...]
    charters: tuple[Charter, ...]


def standalone(text: str, previous: str | None, charters: Sequence[Charter]) -> str:
    """Return the question so that it can be understood by itself.

    ``previous`` is the last question, itself standing alone. A question that needs nothing from it is returned as
    it is, to the letter.
    """
    asked, before = _clean(without_courtesies(text)), _clean(without_courtesies(previous or ""))
    if not asked or not before or len(asked.split()) > 25:
        return text
    lead = _LEAD.match(asked)
    unled = without_courtesies(asked[lead.end() :]) if lead else asked
    turn = Turn(unled, bool(lead), before, mentions(unled, charters), mentions(before, charters), tuple(charters))
    found = next((made for rule in RULES if (made := rule(turn)) is not None), None)
    return text if found is None else _finished(found)


def _clean(text: str) -> str:
    text = " ".join(text.split())
    while (shorter := _TAIL.sub("", text)) != text:
        text = shorter
    return text


def _finished(text: str) -> str:
    text = re.sub(r"\s+([,?])", r"\1", " ".join(text.split())).rstrip(" ,?")
    return f"{text[:1].upper()}{text[1:]}?"


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in re.split(r"[\s-]+", name) if part]
    spelled = r"[\s-]+".join(parts)
    return re.compile(rf"(?<![\w'’-]){spelled}(?![\w-])", re.I)


def mentions(text: str, charters: Sequence[Charter]) -> tuple[Mention, ...]:
    """Return every charter named in the text by city, alias or neighbourhood, in order; the longest name wins."""
    found = [
        Mention(match.start(), match.end(), charter, naming, match[0])
        for charter in charters
        for name, naming in _names(charter)
        for match in _pattern(name).finditer(text)
        if match[0][:1].isupper() or naming in ("city", "place")
    ]
    found.sort(key=lambda one: (one.start - one.end, one.naming == "place"))
    kept: list[Mention] = []
    for one in found:
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.start))


def nameless(text: str, charters: Sequence[Charter]) -> str:
    """Return a question about one charter as it may be asked of any: with "de stad" or "de wijk" for its names."""
    for one in reversed(mentions(text, charters)):
        if one.naming in ("city", "place"):
            text = f"{text[: one.start]}{'de stad' if one.naming == 'city' else 'de wijk'}{text[one.end :]}"
    return text


def _names(charter: Charter) -> list[tuple[str, Naming]]:
    out: list[tuple[str, Naming]] = [(charter.name, "city")]
    out += [(alias, _naming(alias)) for alias in charter.aliases]
    return out + [(place, "place") for place in charter.places]


def _naming(alias: str) -> Naming:
    if re.search(r"(?:aar|aars|aren|ers?|eërs?|nees|nezen)$", alias):
        return "people"
    return "adjective" if re.search(r"[^'’\s-]{3}se?$", alias) else "city"


def _alike(mention: Mention, charter: Charter) -> str:
    """The other charter's name of the same sort: an adjective for an adjective, inhabitants for inhabitants."""
    ending = "se" if mention.text.endswith("se") else mention.text[-1:]
    same = [name for name, naming in _names(charter) if naming == mention.naming and name.endswith(ending)]
    if mention.naming in ("adjective", "people") and same:
        return same[0]
    return f"bewoners van {charter.name}" if mention.naming == "people" else charter.name


def _place(turn: Turn) -> str:
    """Where the last question was: "in …", as it was named there; empty when it named no place."""
    if not turn.old:
        return ""
    nouns = [one.text if one.naming in ("city", "place") else one.charter.name for one in turn.old]
    return f"in {' en '.join(dict.fromkeys(nouns))}"


def moved(previous: str, old: Sequence[Mention], new: Sequence[Mention]) -> str:
    """Return the last question with its places swapped for the new ones.

    A neighbourhood takes the place of a neighbourhood; beside a city that is not its own the city goes too.
    """
    named = _together(new)
    same_city = {one.charter.name for one in new} <= {one.charter.name for one in old}
    to_place = all(one.naming == "place" for one in new)
    swapped = [one for one in old if one.naming == "place"] if to_place and same_city else []
    swapped = swapped or [one for one in old if one.naming != "place"] or list(old)
    gone = [] if same_city and to_place else [one for one in old if one not in swapped]
    text = previous
    for one in reversed(old):
        if one in gone:
            text = (
                re.sub(rf"(?:\b(?:in|van|bij|te)\s+)?(?:de\s+)?{re.escape(one.text)}", "", text[: one.end])
                + text[one.end :]
            )
        elif one is swapped[0]:
            put = _alike(one, new[0].charter) if len(new) == 1 and one.naming in ("adjective", "people") else named
            head = text[: one.start]
            text = (_plural(head) if len(new) > 1 else head) + put + text[one.end :]
        elif one in swapped:
            text = re.sub(r"(?:\s*,|\s+en)\s+$", "", text[: one.start]) + text[one.end :]
    return text


def _together(named: Sequence[Mention]) -> str:
    """The names as they were written, a city's as it is spelt: "Arnhem en Nijmegen"."""
    spelt = [one.charter.name if one.text.lower() == one.charter.name.lower() else one.text for one in named]
    return " en ".join(dict.fromkeys(spelt))


def _plural(head: str) -> str:
    """The words before a subject that became two: "krijgt " as "krijgen "."""
    last = head.rstrip().rsplit(" ", 1)[-1].lower()
    plural = next((many for many, one in _SINGULAR.items() if one == last), None)
    return head if plural is None else f"{head.rstrip()[: -len(last)]}{plural} "


def _elsewhere(turn: Turn) -> str | None:
    """Read "en in Woensel-West?": the same question about another place."""
    rest = turn.bare
    for one in reversed(turn.new):
        rest = rest[: one.start] + rest[one.end :]
    filler = (
        rf"(?:in|voor|bij|van|de|het|gemeente|stad|wijk|buurt|charter|die|dat|hoe|zit|is|en|met|wat|geldt|staat|er|"
        rf"doet|gebeurt|daar|dan|ook|over|of|,|{_UNITS})"
    )
    fragment = re.fullmatch(rf"(?:{filler}|\s)*", rest, re.I)
    if not turn.new or fragment is None or (not turn.led and re.search(r"\b(?:zegt|staat|doet|gebeurt)\b", rest, re.I)):
        return None
    if turn.old:
        return moved(turn.previous, turn.old, turn.new)
    named = _together(turn.new)
    of_all = re.match(rf"(?:welke|hoeveel)\s+{_UNITS}\s+({_VERB})\s+(.*)", turn.previous, re.I)
    if of_all:
        verb = of_all[1].lower()
        verb = verb if len(turn.new) > 1 else _SINGULAR.get(verb, verb)
        return f"{verb} {named} {of_all[2]}"
    without = _OVER_ALL.sub("", turn.previous) if _OVER_ALL.search(turn.previous) else turn.previous
    without = re.sub(r"\b(?:in|voor|per|van)\s*$", "", without.strip())
    return f"{without} in {named}"


def _everywhere(turn: Turn) -> str | None:
    """Read "en de andere steden?": the same question over all."""
    if not _OTHERS.fullmatch(turn.bare) or not turn.old:
        return None
    text = turn.previous
    for place, one in reversed(list(enumerate(turn.old))):
        put = "elke stad" if one.naming in ("city", "place") else "van elke stad"
        if place:
            text = re.sub(r"(?:\s*,|\s+en|\s+in)\s+$", "", text[: one.start]) + text[one.end :]
        elif one.naming in ("adjective", "people"):
            head, noun, tail = text[: one.start], *[*text[one.end :].strip().split(" ", 1), ""][:2]
            text = f"{head}{noun} {put} {tail}" if one.naming == "adjective" else f"{head}bewoners {put} {noun} {tail}"
        else:
            text = text[: one.start] + put + text[one.end :]
    return re.sub(r"\b(?:de\s+)?(?:gemeente|stad)\s+elke stad\b", "elke stad", text)


def _turned(turn: Turn) -> str | None:
    """Read "en welke niet?" after a list: which it is not true of; after such a list "en welke wel?"."""
    asked = re.fullmatch(
        rf"(?:in\s+|bij\s+)?welke(?:\s+{_UNITS})?\s+(?:(?:doen|hebben)\s+(?:er\s+|dat\s+)?)?(niet|geen|wel)(?:\s+mee)?",
        turn.bare,
        re.I,
    )
    listed = re.match(rf"((?:in\s+|bij\s+)?(?:welke|hoeveel)\s+{_UNITS}\s+{_VERB})\s+(.*)", turn.previous, re.I)
    if not asked or not listed:
        return None
    head, rest = listed[1], listed[2]
    if asked[1].lower() == "wel":
        affirmed = re.sub(r"^(er\s+)?(?:niet\s+|g(?=een))", r"\1", rest)
        return f"{head} {affirmed}"
    some = re.sub(r"^(er\s+)?een\b", r"\1geen", rest)
    return f"{head} {some}" if some != rest else f"{head} niet {rest}"


def _other_time(turn: Turn) -> str | None:
    """Read "en in 2012?": the same question of another year or day."""
    if not _WHEN.fullmatch(turn.bare):
        return None
    old = list(_WHEN.finditer(turn.previous))
    if not old:
        return f"{turn.previous} {turn.bare}"
    last = old[-1]
    new = turn.bare if re.match(r"\D", turn.bare) or not re.match(r"[a-zó]+\s", last[0], re.I) else f"in {turn.bare}"
    return f"{turn.previous[: last.start()]}{new}{turn.previous[last.end() :]}"


def _other_party(turn: Turn) -> str | None:
    """Read "en het rijk?", "en wat doet de gemeente?": the same question of the other party."""
    bare = re.sub(
        rf"^wat\s+(?:doet|doen|betaalt|geeft|draagt)\s+(?={_PARTY})|\s+(?:daar\s*(?:aan|voor|bij)?|eraan|bij)$",
        "",
        turn.bare,
        flags=re.I,
    )
    alone = _PARTY_ALONE.fullmatch(bare)
    if alone is None:
        return None
    party = alone[1].lower()
    old = re.search(rf"\b{_PARTY}\b", turn.previous, re.I)
    if old:
        after = turn.previous[old.end() :]
        named = next((one for one in turn.old if one.start == old.end() + 1 and one.naming == "city"), None)
        if named is not None:  # "de gemeente <stad>" is one name
            after = f" in {named.text}{turn.previous[named.end :]}"
        return f"{turn.previous[: old.start()]}{party}{after}"
    acting = re.match(rf"(.*?\b{_VERB}\s+)(\S.*)", turn.previous, re.I)
    subject = next((one for one in turn.old if acting and one.start == acting.start(2)), None)
    if subject is not None and re.search(r"\b(?:krijg(?:t|en)|ontvang(?:t|en))\s$", turn.previous[: subject.start]):
        return f"wat doet {party} voor {subject_of(turn.previous)}"
    if subject is not None and subject.naming == "city":  # "Wat doet <stad> aan …": the city was the party
        return f"{turn.previous[: subject.start]}{party} in {subject.text}{turn.previous[subject.end :]}"
    return f"{turn.previous} door {party}"


def _other_ask(turn: Turn) -> str | None:
    """Read "waarom?", "en hoeveel?", "en wanneer?": another question word over the same subject."""
    alone = re.fullmatch(
        rf"({_ASK}(?:\s+(?:geld|euro|budget))?)(?:\s+(?:is|kost|was|gaat|komt|gebeurt)\s+(?:dat|het|er)(?:\s+\w+)?)?",
        turn.bare,
        re.I,
    )
    if alone is None or re.fullmatch(r"(?:wat|welke?)(?:\s.*)?", turn.bare, re.I):
        return None
    word = "hoeveel geld" if re.search(r"\bkost\b", turn.bare, re.I) else alone[1]
    said = statement(turn.previous)
    if re.match(r"hoeveel$", word, re.I) and re.match(rf"welke\s+{_UNITS}\b", turn.previous, re.I):
        return re.sub(r"^welke", "hoeveel", turn.previous, flags=re.I)
    if re.match(r"hoeveel\s", word, re.I):
        return f"{word} is er voor {subject_of(turn.previous)} {_place_if_lost(turn, subject_of(turn.previous))}"
    return f"{word} {said}"


def _other_thing(turn: Turn) -> str | None:
    """Read "en hoeveel <iets>?", "en aan veiligheid?", "en een dagarrangement?": the same of something else."""
    if not turn.led or re.search(rf"\b{_VERB}\b", turn.bare, re.I):
        return None
    before = moved(turn.previous, turn.old, turn.new) if turn.new and turn.old else turn.previous
    bare = turn.bare
    for one in reversed(turn.new if turn.old else ()):
        bare = re.sub(r"\s*(?:\b(?:in|van|bij)\s+)?$", "", bare[: one.start]) + bare[one.end :]
    asking = re.match(rf"({_ASK})\s+(.+)", bare, re.I)
    if asking:
        framed = re.match(rf"({_ASK})\s+(.+?)\s+({_VERB}\b.*)", before, re.I)
        thing = re.match(rf"({_PREPOSITION})\b", asking[2], re.I)
        if thing and framed:
            return _with_phrase(before, asking[2], thing[1])
        if framed and framed[1].lower() == asking[1].lower():
            return f"{framed[1]} {asking[2]} {framed[3]}"
        direct = re.match(rf"{asking[1]}\s+({_VERB}\b.*)", before, re.I)
        if direct:  # "hoeveel draagt …" and "en hoeveel jaar lang?"
            return f"{bare} {direct[1]}"
        return f"{bare} {_place(turn) if not turn.new else ''}"
    led = re.match(rf"({_PREPOSITION})\b", bare, re.I)
    if led:
        return _with_phrase(before, bare, led[1])
    return _with_noun(before, bare) or f"hoe zit het met {turn.bare} {_place(turn) if not turn.new else ''}"


def _with_phrase(before: str, phrase: str, preposition: str) -> str | None:
    """The last question with its last phrase of that preposition replaced, or the phrase added."""
    old = [m for m in re.finditer(rf"\b{preposition}\s+(?:(?!\b{_PREPOSITION}\b)\S+\s*)+", before, re.I)]
    if not old:
        return f"{before} {phrase}"
    kept = _PARTICIPLE.search(before[: old[-1].end()].rstrip()) if len(old[-1][0].split()) > 2 else None
    end = kept.start() + 1 if kept and kept.start() >= old[-1].start() else old[-1].end()
    return f"{before[: old[-1].start()]}{phrase} {before[end:]}"


def _with_noun(before: str, noun: str) -> str | None:
    """The last question with its first noun phrase of an article, behind the verb, replaced."""
    verb = re.search(rf"\b{_VERB}\b", before, re.I)
    if verb is None:
        return None
    old = re.compile(rf"\b{_ARTICLE}\s+(?:(?!\b(?:{_PREPOSITION}|zijn|worden|hebben)\b)\S+\s*)+", re.I).search(
        before, verb.end()
    )
    if old is None or re.match(_PARTY, old[0], re.I):
        return None
    kept = _PARTICIPLE.search(old[0].rstrip()) if old.end() == len(before) and len(old[0].split()) > 2 else None
    end = old.start() + kept.start() + 1 if kept else old.end()
    return f"{before[: old.start()]}{noun} {before[end:]}"


def _which(turn: Turn) -> str | None:
    """Read "en welke zetten straatcoaches in?" after "welke steden …", "en hoeveel worden er gesloopt?"."""
    asking = re.match(rf"(welke|hoeveel)\s+(?={_VERB}\b)", turn.bare, re.I)
    before = re.match(rf"(?:welke|hoeveel)\s+(.+?)\s+{_VERB}\b", turn.previous, re.I)
    if not turn.led or not asking or not before or _points(turn.bare):
        return None
    where = "" if turn.new or mentions(before[1], turn.charters) else _place(turn)
    return f"{asking[1]} {before[1]} {turn.bare[asking.end() :]} {where}"


def _points(text: str) -> bool:
    return bool(_ADVERB.search(text) or _SPLIT.search(text) or _PRONOUN.search(text))


def _pointing(turn: Turn) -> str | None:
    """A full question that points back: "wie betaalt dat?", "wanneer begint daar …?", "in dat jaar"."""
    text = turn.bare
    if re.search(rf"\w\s+en\s+{_ASK}\b", text, re.I) and not turn.led:
        return None  # "wat houdt … in en wie betaalt dat?" points inside itself
    subject = subject_of(turn.previous)
    if turn.new and turn.old:
        subject = subject_of(moved(turn.previous, turn.old, turn.new))
    of_all = over_all(text)
    if of_all and turn.old:
        subject = subject.removesuffix(_place(turn)).rstrip()
    made = _pointed(text, subject, turn)
    if made == text and not turn.led and not _THAT_YEAR.search(text):
        return None
    if not turn.new and not of_all and not _OVER_ALL.search(made) and turn.old and not mentions(made, turn.charters):
        made = f"{made} {_place(turn)}"
    for one in turn.new[1:] if len({m.charter.name for m in mentions(made, turn.charters)}) == 1 else ():
        made = re.sub(rf"\s+in\s+{re.escape(one.text)}(?=.*{re.escape(one.text)})", "", made)
    return _once(made, turn.new) if made != turn.bare else None


def _once(text: str, named: Sequence[Mention]) -> str:
    """Take a place out that the question names twice, once by itself and once in the subject put into it."""
    for one in named:
        phrase = rf"\s+in\s+{re.escape(one.text)}\b"
        if len(re.findall(phrase, text, re.I)) > 1:
            text = re.sub(phrase, "", text, count=1, flags=re.I)
    return text


def _pointed(text: str, subject: str, turn: Turn) -> str:
    """The question with what points back replaced by what it points at."""
    year = re.search(_YEAR, turn.previous)
    if year:
        text = _THAT_YEAR.sub(f"in {year[0]}", text)
    text = _THOSE_CITIES.sub(r"welke \1" if not re.match(rf"{_ASK}\s+van\b", text, re.I) else r"alle \1", text)
    split = _SPLIT.search(text)
    if split and not _ADVERB.search(text):
        preposition = {"mee": "met"}.get(split[1].lower(), split[1].lower())
        text = re.sub(
            rf"\b{split[1]}\b(?!.*\b{split[1]}\b)",
            f"{preposition} {subject}",
            text[: split.start()] + text[split.end() :],
        )
    elif _ADVERB.search(text):
        text = _ADVERB.sub(
            lambda found: f"{ {'mee': 'met'}.get(found[1].lower(), found[1].lower()) } {subject}", text, count=1
        )
    elif _PRONOUN.search(text) and not _RELATIVE.search(text):
        text = _PRONOUN.sub(lambda _: subject, text, count=1)
    elif turn.old and _THERE.search(text):
        text = _THERE.sub(_place(turn), text, count=1)
    else:
        again = _NAMED_AGAIN.search(text)
        if again and not _RELATIVE.search(text):
            text = _NAMED_AGAIN.sub(lambda found: _named_before(found[1], turn.previous) or found[0], text, count=1)
    return text


def _named_before(noun: str, previous: str) -> str | None:
    """What "die school" is: the phrase of the last question that has the word ("de brede school in …")."""
    stem = noun[: max(4, len(noun) - 2)].lower()
    asked = re.match(rf"(?:\w+\s+)?welke?\s+(\w*{re.escape(stem)}\w*)\s+{_VERB}\s+(.*)", previous, re.I)
    if asked:
        return f"{asked[1]} van {asked[2]}"
    found = re.search(
        rf"(?:\b{_ARTICLE}\s+)?(?:[a-zà-ÿ-]+\s+)?\b\w*{re.escape(stem)}\w*(?:\s+in\s+[A-Z]\S+)?", previous, re.I
    )
    return re.sub(rf"^(?:{_ASK}|{_VERB}|er|in)\s+", "", found[0], flags=re.I) if found else None


def subject_of(question: str) -> str:
    """Return what a question is about, as a phrase to be put into another question."""
    text = _clean(question)
    of_all = re.match(rf"(?:in\s+)?(?:welke|hoeveel|alle)\s+{_UNITS}\s+{_VERB}\s+(.*)", text, re.I)
    if of_all:
        return re.sub(r"^(?:(?:er|deel|mee|iets|wat)\s+)*(?:(?:aan|voor|over)\s+)?", "", of_all[1], flags=re.I)
    doing = re.match(rf"(?:wat|hoeveel)\s+{_VERB}\s+(.*?)\s*\b(?:aan|voor|tegen|met|over|rond)\s+(.*)", text, re.I)
    if doing:
        return _joined(doing[2], doing[1])
    counted = re.match(rf"(?:\w+\s+)?(?:hoeveel|welke|wat\s+voor)\s+(.+?)\s+({_VERB})\b\s*(.*)", text, re.I)
    if counted:
        bare = re.match(r"(?:minder|meer|procent|geld|welke?)\b", counted[1], re.I)
        return _joined(counted[1] if bare else f"de {counted[1]}", counted[3])
    verb = re.match(rf".*?\b{_VERB}\b\s+(?:er\s+)?(.*)", text, re.I)
    rest = verb[1] if verb else text
    return _PARTICIPLE.sub("", rest) if len(rest.split()) > 3 else rest


def _joined(thing: str, rest: str) -> str:
    """The thing with the phrase of place that the rest of the question holds ("huurwoningen in …")."""
    where = re.search(r"\b(?:in|bij|van)\s+(?:(?:de|het)\s+)?[A-Z'’]\S*(?:\s+[A-Z]\S*)*", rest)
    if where:
        return f"{thing} {where[0]}"
    named = re.match(r"(?:(?:de\s+)?(?:gemeente|stad)\s+)?([A-Z]\S*(?:\s+[A-Z]\S*)*)", rest)
    return f"{thing} in {named[1]}" if named else thing


def _place_if_lost(turn: Turn, subject: str) -> str:
    return "" if mentions(subject, turn.charters) else _place(turn)


def statement(question: str) -> str:
    """Return a question without its question word, verb first: what any other question word can stand before."""
    text = _clean(question)
    of_all = re.match(rf"(?:in\s+)?(?:welke|hoeveel)\s+({_UNITS})\s+({_VERB})\s+(.*)", text, re.I)
    if of_all:
        return f"{of_all[2]} {of_all[1]} {of_all[3]}"
    doing = re.match(r"wat\s+(doe[tn])\s+(.*?)\s+(aan|voor|tegen|met|over)\s+(.*)", text, re.I)
    if doing:
        return f"{doing[1]} {doing[2]} iets {doing[3]} {doing[4]}"
    counted = re.match(rf"(?:(?:met|in|bij|voor|naar)\s+)?(?:hoeveel|welke?)\s+(.+?)\s+({_VERB})\s+(.*)", text, re.I)
    if counted:
        ended = _PARTICIPLE.search(f" {counted[3]}")
        rest = f" {counted[3]}"[: ended.start()] if ended else f" {counted[3]}"
        return f"{counted[2]}{rest} {counted[1]}{ended[0] if ended else ''}"
    who = re.match(rf"(?:door\s+)?wie\s+({_VERB})\s+(.*)", text, re.I)
    if who:
        return f"{who[1]} men {who[2]}"
    asking = re.match(rf"{_ASK}\s+(.*)", text, re.I)
    return asking[1] if asking else text[:1].lower() + text[1:]


RULES: tuple[Callable[[Turn], str | None], ...] = (
    _elsewhere,
    _everywhere,
    _turned,
    _other_time,
    _other_party,
    _which,
    _other_ask,
    _other_thing,
    _pointing,
)
