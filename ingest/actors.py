"""Who acts: the municipality, the State, or both; from a heading, or from a sentence's own subject."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ingest.model import Actor

# Ministries (by the abbreviations Dutch papers use) and other names of the State.
_MINISTRIES = (
    r"(?:VROM/WWI|WWI/VROM|WWI|VROM|EZ|EZK|SZW|OCW|OC&W|VWS|BZK|LNV|V&W|I&W|IenW|J&V|JenV|Justitie|Financiën|LVVN|"
    r"Jeugd\s+en\s+Gezin)"
)
_STATE = (
    rf"(?:het\s+(?:rijk|kabinet)\b|de\s+rijksoverheid\b|de\s+staat\b|rijk\b|"
    rf"de\s+(?:minister|staatssecretaris|bewindslieden|bewindspersonen|ministers|ministeries)\b|"
    rf"het\s+ministerie\b|{_MINISTRIES}(?![\w/])|de\s+departementen\b)"
)
_CITY = (
    r"(?:de\s+(?:stad|gemeenteraad|gemeente)\b(?!\w)|gemeente\b|stad\b|het\s+college\b|(?:burgemeester\s+en\s+wethouders|B&W)\b|"
    r"de\s+wethouder\b)"
)
_BOTH = (
    r"(?:partijen\b|wij,?\s+stad\s+en\s+rijk|stad\s+en\s+rijk|(?:het\s+)?rijk\s+en\s+(?:de\s+)?(?:gemeenten?|stad|steden)|"
    r"(?:de\s+)?(?:gemeenten?|stad|steden)\s+en\s+(?:het\s+)?rijk)\b"
)
# Finite verbs of main clauses that have the subject behind them ("Daarnaast stelt het rijk").
_VERB = (
    r"(?:zal|zullen|wil|willen|kan|kunnen|moet|moeten|mag|is|zijn|was|heeft|hebben|gaat|gaan|wordt|worden|doet|doen|"
    r"neemt|nemen|geeft|geven|komt|komen|ziet|zien|staat|staan|laat|laten|biedt|bieden|houdt|houden|draagt|dragen|"
    r"spreekt|spreken|brengt|brengen|zoekt|zoeken|zorgt|zorgen|vraagt|vragen|voert|voeren|werkt|werken|zet|zetten|"
    r"stelt|stellen|start|starten|maakt|maken|streeft|streven|richt|richten|krijgt|krijgen|sluit|sluiten|legt|leggen|"
    r"treedt|treden|helpt|helpen|treft|treffen|kiest|kiezen|verwacht|onderzoekt|ontwikkelt|ontvangt|organiseert|"
    r"[a-z]+eert|[a-z]+eren|onder(?:steunt|tekent|schrijft|neemt)|ver(?:leent|hoogt|sterkt|zoekt|bindt|strekt|nieuwt)|"
    r"be(?:ziet|kijkt|schikt|vordert|taalt|oogt|nut|houdt|spreekt))"
)
# "Participatiebudget: SZW, OCW en WWI streven": a label before the sentence proper.
_LABEL = re.compile(r"^(?:\d{1,2}[.)]\s+|[a-z][.)]\s+)?(?:[^:.]{2,60}:\s+)?")
_ROLE = re.compile(
    r"^(?:(?:ambities?|inzet|bijdrage|taken|rol|afspraken)\b|(?:gezamenlijke|gemeentelijke)\s+(?:ambities?|inzet))",
    re.I,
)
_LINK = re.compile(r"\s*,\s*|\s+en\s+(?:de\s+minister\s+)?|\s*/\s*")
# Who receives, may ask or is obliged by another does not act: then the heading says whose promise it is.
_RECEIVES = re.compile(
    r"[^.;]{0,40}?\b(?:krijg(?:t|en)|ontvang(?:t|en)|kom(?:t|en)\s+in\s+aanmerking|kan\s+(?:\S+\s+){0,3}?beroep\s+doen|"
    r"kunnen\s+(?:\S+\s+){0,3}?beroep\s+doen)\b|"
    r"[^.;]{0,20}?\b(?:wordt|worden|zal|zullen)\s+(?:[^.;]{0,120}\s)?"
    r"(?:ondersteund|geholpen|verplicht|gevraagd|uitgenodigd|aangewezen|gefaciliteerd)\b",
    re.I,
)
_OPENS = re.compile(rf"[^.;:]{{0,70}}?\b{_VERB}\b|\s*[a-zà-ÿ]+t\b")
_STATE_WORD = re.compile(r"\b(?:rijk|rijks\w*|kabinet|ministeries?)\b", re.I)
_CITY_WORD = re.compile(r"\b(?:stad|steden|gemeenten?|gemeentelijke)\b", re.I)


@dataclass(frozen=True)
class Parties:
    """The parties of one charter; ``names`` are the city's own ("Den Haag", "'s-Gravenhage")."""

    names: tuple[str, ...] = ()

    @cached_property
    def _city(self) -> str:
        names = sorted((re.escape(name) for name in self.names if name), key=len, reverse=True)
        if not names:
            return _CITY
        own = "|".join(names)
        return rf"(?:de\s+gemeente\s+(?:{own})(?!\w)|gemeente\s+(?:{own})(?!\w)|(?-i:{own})(?![\w-])|{_CITY})"

    @cached_property
    def _party(self) -> re.Pattern[str]:
        """One party: group 1 both, 2 the city, 3 the State."""
        return re.compile(rf"(?:({_BOTH})|({self._city})|({_STATE}))", re.I)

    @cached_property
    def _inverted(self) -> re.Pattern[str]:
        return re.compile(rf"\b{_VERB}\s+(?=(?:{_BOTH}|{self._city}|{_STATE}))", re.I)

    @cached_property
    def _agent(self) -> re.Pattern[str]:
        return re.compile(
            rf"\b(?:wordt|worden|zal|zullen|is|zijn)\s+(?:\S+\s+){{0,4}}?door\s+(?=(?:{_BOTH}|{self._city}|{_STATE}))",
            re.I,
        )

    @cached_property
    def _names(self) -> re.Pattern[str]:
        return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in self.names if name) or r"(?!)", re.I)

    def of_heading(self, title: str) -> Actor | None:
        """Return the actor a heading names ("Inzet rijk"), or None when it names no role."""
        text = re.sub(r"\([^)]*\)", "", title)
        if not _ROLE.match(text) or len(text.split()) > 9:
            return None
        lower = text.lower()
        if lower.startswith("gezamenlijke"):
            return "gezamenlijk"
        state, city = _STATE_WORD.search(text), _CITY_WORD.search(text)
        own = self._names.search(text) if re.match(r"(?:inzet|ambities?|bijdrage)\b", lower) else None
        if state and city and re.search(r"\ben\b", text[min(state.end(), city.end()) :]):
            return "gezamenlijk"
        first = min((m for m in (state, city, own) if m), key=lambda m: m.start(), default=None)
        if first is None:
            return "gezamenlijk" if re.fullmatch(r"ambitie:?", lower.strip()) else None
        if lower.startswith("afspraken"):
            return "gezamenlijk"
        return "rijk" if first is state else "gemeente"

    def of_sentence(self, text: str) -> Actor | None:
        """Return the actor that is the subject of the sentence, or None when its heading has to decide.

        Looked for in this order: the sentence opens with a party and a verb; a verb with a party right
        behind it; a passive with "door" and a party.
        """
        label = _LABEL.match(text)
        bare = text[label.end() :] if label else text
        for candidate in (bare, text):
            actor, end = self._coordinated(candidate, 0)
            if actor and self._acts(candidate[end:]):
                return None if _RECEIVES.match(candidate[end:]) else actor
        clause = bare[:220]
        for pattern in (self._inverted, self._agent):
            match = pattern.search(clause)
            if match and not self._subordinate(clause[: match.start()]):
                actor, end = self._coordinated(clause, match.end())
                received = pattern is self._inverted and _RECEIVES.match(clause[match.start() :])
                return None if received else actor
        return None

    @staticmethod
    def _acts(rest: str) -> bool:
        """Whether a verb follows the party before any comma that would make it an aside."""
        head = re.sub(r"^\s*\([^)]*\)", "", rest)[:90]
        return bool(_OPENS.match(head)) and not re.match(r"[-/]\w", head)

    @staticmethod
    def _subordinate(before: str) -> bool:
        """Whether a subordinate clause is open ("de middelen die …"); its verb is not the main one."""
        tail = before.rsplit(",", 1)[-1]
        return (
            re.search(r"\b(?:die|dat|waar\w*|of|indien|wanneer|zodat|omdat|doordat|wat|hoe)\b", tail, re.I) is not None
        )

    def _coordinated(self, text: str, start: int) -> tuple[Actor | None, int]:
        """Read "SZW, OCW en WWI" at ``start``; return the actor they make and where they end."""
        seen: set[str] = set()
        end = start
        match = self._party.match(text, start)
        while match:
            seen.add("gezamenlijk" if match[1] else "gemeente" if match[2] else "rijk")
            end = match.end()
            link = _LINK.match(text, end)
            match = self._party.match(text, link.end()) if link else None
        if not seen:
            return None, start
        if "gezamenlijk" in seen or len(seen) == 2:
            return "gezamenlijk", end
        return ("rijk" if "rijk" in seen else "gemeente"), end


@lru_cache(maxsize=64)
def parties_of(name: str, aliases: tuple[str, ...]) -> Parties:
    """Return the parties of a charter: its name, and its aliases but for adjectives ("Haagse")."""
    nouns = [
        alias for alias in aliases if not re.search(r"(?:s|se|er|ër|aar|aren|ezen)$", alias) or alias.startswith("'s")
    ]
    return Parties((name, *nouns) if name else ())
