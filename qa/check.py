"""The check of one written sentence against the source's sentences that it cites.

A sentence passes where each of these holds; the first that does not is the reason it is refused:

- it cites sources that exist, all of one charter (what is word for word the source's sentence passes as it is);
- it is Dutch, has a verb, and does not stammer;
- it speaks of that charter's city and of no other, and does not swap city and State;
- every number, amount, date, percentage and proper name occurs in what it cites, names with their capital;
- it neither adds nor drops a "not", and keeps the source's reservation ("indien", "wil", "onderzoekt");
- its other words are supported by what it cites (see ``qa.support``).

Rather too strict than too kind: what is refused gives way to the source's own sentence.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from index.dutch import STOP_WORDS, fold, is_dutch, stem, words
from ingest.actors import parties_of
from ingest.model import Actor, Charter
from qa.facts import facts, misplaced, unsupported
from qa.followup import mentions

_MARKER = re.compile(
    r"\s*[\[(]\s*(?:bron(?:nen)?\s*)?(\d{1,3}(?:\s*(?:,|;|en|\]\s*\[)\s*(?:bron\s*)?\d{1,3})*)\s*[\])]", re.I
)
_MARKED_UP = re.compile(r"\*\*|__|`+|^\s*(?:[-*•–]|\d{1,2}[.)]|#{1,6})\s+|^\s*>\s*", re.M)
_FOREIGN = frozenset(
    [
        "the", "and", "are", "with", "for", "this", "that", "which", "from", "has", "have", "will", "their",
        "by", "not", "its", "these", "been", "und", "der", "das", "ist", "nicht", "für", "eine", "wird", "les",
        "des", "une", "est", "pour", "dans", "avec", "el", "los", "las", "por", "para", "que", "it", "as", "an",
        "be", "can", "city", "into",
    ]
)  # fmt: skip
_NEGATION = re.compile(
    r"\b(?:niet(?!\s+alleen)|geen|nooit|niets|niemand|nergens|zonder|nee|evenmin|noch|weiger\w*)\b", re.I
)
_CONDITION = re.compile(
    r"\b(?:indien|mits|tenzij|voorwaarden?|voorbehoud|(?:waar|zo|indien)\s+(?:nodig|mogelijk)|voor\s+zover|afhankelijk|"
    r"in\s+principe|eventue\w+|mogelijk|wellicht|misschien|naar\s+verwachting)\b",
    re.I,
)
# Beside a number: "maximaal € 2 miljoen" is not "€ 2 miljoen".
_LIMIT = re.compile(
    r"\b(?:indicatie[fv]e?|maximaal|minimaal|minstens|hoogstens|hooguit|ongeveer|circa|ca|bijna|ruim|tenminste|ten\s+minste)\b",
    re.I,
)
_WILL = (
    r"wil|willen|wenst|wensen|streeft|streven|onderzoekt|onderzoeken|overweegt|overwegen|bereid|voornemens?|beoogt|"
    r"beogen|zou|zouden|voorstel\w*|bepleit\w*|pleit|pleiten|verkent|verkennen|beziet|bezien|proberen|probeert"
)
_MAY = r"kan|kunnen|mag|mogen"
_INTENTION = re.compile(rf"\b(?:{_WILL})\b", re.I)
_PERMISSION = re.compile(rf"\b(?:{_MAY})\b", re.I)
_SIDE_CLAUSE = re.compile(r",|;|\b(?:waar\w*|die|dat|zodat|om)\b", re.I)
_RESERVED = re.compile(
    rf"\b(?:{_WILL}|{_MAY}|onderzoek|ambitie\w*|doel\w*|inspann\w+|span|spannen|overleg\w*|plan|plannen|gepland|"
    r"verwacht\w*|zal|zullen|gaat|gaan)\b",
    re.I,
)
_ALREADY = re.compile(r"\b(?:al|reeds|inmiddels|bestaande?|sinds|nu)\b", re.I)  # what is planned is not yet there
_STATE = re.compile(
    r"\b(?:rijks?|rijksoverheid|kabinet|ministers?|ministeries?|staatssecretaris\w*|wwi|vrom|ocw|szw|"
    r"vws|bzk|ez|justitie|lnv)\b",
    re.I,
)
_CITY = re.compile(r"\b(?:stad|gemeente|gemeentelijke?|college|wethouder|wij|we|ons|onze)\b", re.I)
_ALL_CITIES = re.compile(r"\b(?:steden|gemeenten|40\s+wijken|landelijke?|nationale?)\b|\bhet rijk\b", re.I)
_PARTICLES = frozenset(["af", "toe", "op", "uit", "in", "terug", "weg", "over", "neer", "om", "mee", "bij"])
_TITLE = re.compile(
    r"\b(?:heer|mevrouw|wethouder|minister|staatssecretaris|burgemeester|directeur|drs|dr|mr|ir|prof)\.?\s*$", re.I
)
_VERB = re.compile(
    r"is|zijn|was|waren|ben|wordt|worden|werd|werden|heeft|hebben|had|hadden|zal|zullen|zou|zouden|kan|kunnen|kon|mag|"
    r"mogen|moet|moeten|moest|wil|willen|wilde|gaat|gaan|ging|gingen|doet|doen|deed|komt|komen|kwam|kwamen|staat|staan|"
    r"stond|geeft|gaf|kreeg|kregen|ligt|vindt|vond|nam|namen|besloot|hield|bleef|bleek|\w+(?:kte|pte|chte|eerde)n?"
)
_LONG = re.compile(r"([aeou])([bcdfghjklmnpqrstvwxz])$")
_TWICE = re.compile(r"([bcdfgklmnprst])\1$")
_DOUBLE = re.compile(r"([aeou])\1([bcdfghjklmnpqrstvwxz])$")
_ADDRESS = re.compile(r"https?:|www\.|@|<[^>]+>|\b\w+\.(?:nl|com|org|eu)\b", re.I)
_LETTERS = re.compile(r"[^\W\d_][\w'’-]*")
SHORTEST = 3  # words of a sentence that says something


@dataclass(frozen=True)
class Source:
    """One sentence or more of the source as the model is shown it: its number, where it stands, and what it says.

    ``quote`` is the exact source, ``text`` the same for reading; ``row`` and ``positions`` say where its token vectors
    are (row -1: nowhere).
    """

    n: int
    charter: str
    actor: Actor
    section: tuple[str, ...]
    quote: str
    text: str
    row: int = -1
    positions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """A written sentence: its text without markers and mark-up, and the numbers it cites, in order."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Names:
    """What tells a name from a word: the charters, and the words that the corpus writes small."""

    charters: tuple[Charter, ...]
    small: frozenset[str]
    known: frozenset[str]

    @classmethod
    def of(cls, charters: Sequence[Charter], texts: Sequence[str]) -> "Names":
        """Read the words of a corpus."""
        pieces = [piece for text in texts for piece in _LETTERS.findall(text)]
        small = frozenset(fold(piece) for piece in pieces if piece[:1].islower())
        return cls(tuple(charters), small, frozenset(word for piece in pieces for word in words(piece)))

    @cached_property
    def _by_name(self) -> dict[str, Charter]:
        return {charter.name: charter for charter in self.charters}

    def charter(self, name: str) -> Charter | None:
        """Return the charter of that name."""
        return self._by_name.get(name)


Support = Callable[[str, Sequence[Source]], str | None]


def parsed(text: str) -> Sentence:
    """Return a written sentence without its markers and mark-up, and what it cites."""
    numbers = [int(number) for match in _MARKER.finditer(text) for number in re.findall(r"\d+", match[1])]
    bare = _MARKED_UP.sub("", _MARKER.sub("", text))
    bare = " ".join(re.sub(r"\s+([.,;:!?])", r"\1", bare).split()).strip("«»“” ")
    return Sentence(bare, tuple(dict.fromkeys(numbers)))


def refusal_of(sentence: Sentence, sources: Mapping[int, Source], names: Names, support: Support) -> str | None:
    """Return why a sentence may not be said, in a few Dutch words, or None where it passes."""
    if not sentence.numbers:
        return "zonder bron"
    if any(number not in sources for number in sentence.numbers):
        return "een bron die er niet is"
    cited = [sources[number] for number in sentence.numbers]
    if len({one.charter for one in cited}) > 1:
        return "bronnen van meer dan één charter"
    text, quotes = sentence.text, " … ".join(one.quote for one in cited)
    if len(text.split()) < SHORTEST or text.endswith(":") or _ADDRESS.search(text):
        return "geen zin"
    if any(_plain(text) == _plain(one.text) for one in cited):
        return None
    if not _dutch(text, quotes):
        return "geen Nederlands"
    if not has_verb(text):
        return "geen hele zin"
    if _stammers(text, quotes):
        return "een herhaling"
    return (
        _other_city(text, quotes, cited[0].charter, names)
        or _other_party(text, quotes, cited, names)
        or _brought_home(text, quotes, cited, names)
        or _other_facts(text, quotes)
        or _other_names(text, quotes, cited, names)
        or _other_force(text, quotes)
        or support(text, cited)
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".").lower()


def _dutch(text: str, quotes: str) -> bool:
    spoken, quoted = words(text), set(words(quotes))
    foreign = [word for word in spoken if word in _FOREIGN and word not in quoted]
    return len(foreign) < 2 and all(ord(char) < 0x250 or not char.isalpha() for char in text)


def has_verb(text: str) -> bool:
    """Say whether a text has a Dutch verb form: a small model lists fragments where it is asked for sentences."""
    return any(_VERB.fullmatch(word) or _conjugated(word) for word in words(text))


def _conjugated(word: str) -> bool:
    """Whether the word list has both a third person and an infinitive: "investeert" and "investeren"."""
    if word.endswith("en") and len(word) > 3:
        root = word[:-2]
        return any(is_dutch(f"{one}t") for one in (root, _LONG.sub(r"\1\1\2", root), _TWICE.sub(r"\1", root)))
    if word.endswith("t") and len(word) > 2:
        root = word[:-1]
        short = _DOUBLE.sub(r"\1\2", root)
        return is_dutch(f"{root}n") or any(is_dutch(f"{one}en") for one in (root, short, f"{root}{root[-1:]}", word))
    return False


def _stammers(text: str, quotes: str) -> bool:
    """Whether two words that say something follow each other a second time, which they do not in the source."""

    def twice(spoken: list[str]) -> set[tuple[str, ...]]:
        pairs = Counter(pairwise(spoken))
        return {pair for pair, count in pairs.items() if count > 1 and not set(pair) <= STOP_WORDS}

    return bool(twice(words(text)) - twice(words(quotes)))


def _other_city(text: str, quotes: str, charter: str, names: Names) -> str | None:
    named = [one for one in mentions(text, names.charters) if one.naming != "place" or any(map(str.isupper, one.text))]
    quoted = f" {' '.join(words(quotes))} "
    strange = [one for one in named if one.charter.name != charter and f" {' '.join(words(one.text))} " not in quoted]
    if strange:
        return f"een andere stad ({strange[0].text})"
    if named and all(one.charter.name != charter for one in named) and any(one.naming != "place" for one in named):
        return f"een andere stad ({named[0].text})"
    return None


def _brought_home(text: str, quotes: str, cited: Sequence[Source], names: Names) -> str | None:
    """A promise to all cities told as one to this city: "het rijk stelt 500 agenten beschikbaar", "in <stad> …"."""
    named = [one for one in mentions(text, names.charters) if one.charter.name == cited[0].charter]
    named = [one for one in named if not re.search(r"\bcharter\s+(?:van\s+)?$", text[: one.start])]
    own = _CITY.search(quotes) or any(one.charter.name == cited[0].charter for one in mentions(quotes, names.charters))
    if not named or own or any(one.actor == "gemeente" for one in cited):
        return None
    national = any(one.actor == "rijk" for one in cited) or _ALL_CITIES.search(quotes)
    return f"‘{named[0].text}’ staat niet in de bron" if national else None


def _other_party(text: str, quotes: str, cited: Sequence[Source], names: Names) -> str | None:
    charter = names.charter(cited[0].charter)
    parties = parties_of(cited[0].charter, charter.aliases if charter else ())
    said, actors = parties.of_sentence(text), {one.actor for one in cited}
    state = bool(_STATE.search(quotes))
    if said == "gezamenlijk" and not actors & {"gezamenlijk"} and len(actors) < 2:
        return "een andere partij"
    if said in ("gemeente", "rijk") and said not in actors:
        # What both agreed is not told as the promise of one, unless the source itself speaks of that one alone.
        city = bool(_CITY.search(quotes)) or any(
            one.charter.name == cited[0].charter for one in mentions(quotes, names.charters)
        )
        alone = state and not city if said == "rijk" else city and not state
        if "gezamenlijk" not in actors or not alone:
            return "een andere partij"
    if _STATE.search(text) and not state and "rijk" not in actors and "gezamenlijk" not in actors:
        return "een andere partij"
    return None


def _other_facts(text: str, quotes: str) -> str | None:
    missing = unsupported(text, quotes)
    if missing is not None:
        return f"‘{missing.written.strip(' .')}’ staat niet in de bron"
    elsewhere = misplaced(text, quotes)
    return f"‘{elsewhere.written.strip(' .')}’ hoort in de bron bij iets anders" if elsewhere is not None else None


def _other_names(text: str, quotes: str, cited: Sequence[Source], names: Names) -> str | None:
    """A proper name, or a word of no language we know, that what is cited does not have."""
    where = " ".join((cited[0].charter, *(step for one in cited for step in one.section)))
    charter = names.charter(cited[0].charter)
    own = " ".join((*charter.aliases, cited[0].charter)) if charter else where
    written = {piece for piece in _LETTERS.findall(f"{quotes} {where} {own}")}
    present = {word for piece in written for word in words(piece)}
    stems = {stem(word) for word in present}
    for match in _LETTERS.finditer(text):
        piece = match[0]
        parts = [word for word in words(piece) if not word.isdigit()]
        if piece.islower() and fold(piece) in names.known - names.small and fold(piece) in present:
            return f"‘{piece}’ is in de bron een naam"
        if all(part in present or (stem(part) in stems and _is_word(part, names)) for part in parts) and not (
            piece[:1].isupper() and _TITLE.search(text[: match.start()]) and piece not in written
        ):
            continue
        if _is_name(text, match, names) or not (
            is_dutch(piece.lower()) or all(_is_word(part, names) for part in parts)
        ):
            return f"‘{piece}’ staat niet in de bron"
    return None


def proper_names(text: str, names: Names) -> list[str]:
    """Return the proper names in a text, word by word."""
    return [match[0] for match in _LETTERS.finditer(text) if match[0][:1].isupper() and _is_name(text, match, names)]


def _is_name(text: str, match: re.Match[str], names: Names) -> bool:
    """Whether a word is a name: written with a capital inside a sentence, or never written small by the corpus."""
    piece, folded = match[0], fold(match[0])
    if piece[:1].isupper() and _TITLE.search(text[: match.start()]):
        return True
    if folded in names.known and folded not in names.small and folded not in STOP_WORDS:
        return True
    opens = not text[: match.start()].strip(" '\"‘“(«-–") or text[: match.start()].rstrip()[-1:] in ":.?!"
    if piece[:1].isupper() and not opens:
        return True
    return piece[:1].isupper() and folded not in names.small and not is_dutch(folded) and folded not in STOP_WORDS


def _is_word(word: str, names: Names) -> bool:
    """Whether the corpus or Dutch has the word, or both halves of it."""
    if len(word) < 4 or word in names.small or is_dutch(word):
        return True
    return any(
        (word[:cut] in names.small or is_dutch(word[:cut])) and (word[cut:] in names.small or is_dutch(word[cut:]))
        for cut in range(3, len(word) - 2)
    )


def _other_force(text: str, quotes: str) -> str | None:
    if bool(_NEGATION.search(text)) != bool(_NEGATION.search(quotes)):
        return "een ontkenning te veel of te weinig"
    if facts(text) and (limit := _LIMIT.search(quotes)) and not _LIMIT.search(text):
        return f"zonder ‘{limit[0]}’"
    condition = _CONDITION.search(quotes)
    if condition and not _CONDITION.search(text):
        return f"zonder het voorbehoud ‘{condition[0]}’"
    meant = _INTENTION.search(quotes) or _PERMISSION.search(_SIDE_CLAUSE.split(quotes)[0])
    if meant and not (_RESERVED.search(text) or _CONDITION.search(text)):
        return f"zonder het voorbehoud ‘{meant[0]}’"
    already = _ALREADY.search(text)
    if already and not _ALREADY.search(quotes):
        return f"‘{already[0]}’ staat niet in de bron"
    return _other_direction(text, quotes)


def _other_direction(text: str, quotes: str) -> str | None:
    """A particle that turns a verb round ("neemt toe" for "neemt af") and that the source has nowhere."""
    last = words(text)[-1:]
    quoted = words(quotes)
    if last and last[0] in _PARTICLES and not any(word.startswith(last[0]) for word in quoted):
        return f"‘{last[0]}’ staat niet in de bron"
    return None
