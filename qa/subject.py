"""What a question over all charters is about, word by word, and where the corpus says it.

A subject's word is said by itself, by a longer compound ("wijkagenten" says "agenten"), by all parts of it in one
sentence ("agenten in de wijk" says "wijkagenten"), by a synonym of the manifest, or by a spelling of the text itself
("Cruiff" for "Cruyff"). Half a compound says nothing: a "gezinscoach" is no "straatcoach".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import pairwise, takewhile
from operator import eq
from weakref import WeakKeyDictionary

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from index.dutch import STOP_WORDS, is_dutch, stem, words
from index.search import Searcher
from qa.evidence import sentence_terms
from qa.question import Question

LONGEST_PAIRING = 60  # words of a question whose neighbours are looked at
COLLOCATED, COLLOCATED_SHARE = 4, 0.1  # sentences with a word and its neighbour, and of those with the word
_ROOT, _ENDING = 7, 3  # letters that words of one root share at least, and may differ in at most
_TELLING = 4.5  # weight of a word (inverse document frequency) from which it is telling by itself
_SHORTEST_VARIANT = 6  # letters of a word that may be spelt otherwise in the text
# In quotation marks, or with a capital and not the first word: 'achter de voordeur', Gezonde Wijk, SenterNovem.
_NAME = re.compile(
    r"['‘\"“]([^'‘’\"“”]{4,60})['’\"”]"
    r"|(?<=[a-z,:] )([A-Z][\w'-]+(?:(?:\s(?:en|de|van|voor|in|achter|achter de)\b)?\s[A-Z][\w'-]+)*)"
)
Place = tuple[int, int]  # (row of the passage, position of the sentence in it)
Form = frozenset[str]  # stems that say a word when they stand in one sentence


@dataclass(frozen=True)
class Lexicon:
    """Every stem of an index with the sentences that have it."""

    places: dict[str, frozenset[Place]]
    passages: int

    @cached_property
    def long(self) -> list[str]:
        """The stems that may be a misspelling or be misspelt."""
        return [term for term in self.places if len(term) >= _SHORTEST_VARIANT and term.isalpha()]

    def beginning(self, root: str) -> list[str]:
        """Return the stems that begin with a root of as many letters as ``_ROOT``."""
        return self._roots.get(root, [])

    @cached_property
    def _roots(self) -> dict[str, list[str]]:
        roots: dict[str, list[str]] = {}
        for term in self.long:
            roots.setdefault(term[:_ROOT], []).append(term)
        return roots

    def weight(self, said: Iterable[Place]) -> float:
        """Return how much a word says that these sentences have: ln(1 + N / (1 + passages that have it))."""
        return float(np.log(1 + self.passages / (1 + len({row for row, _ in said}))))

    def of(self, form: Form) -> frozenset[Place]:
        """Return the sentences that have every stem of a form."""
        found = [self.places.get(term, frozenset()) for term in form]
        return frozenset.intersection(*found) if found else frozenset()


_LEXICONS: WeakKeyDictionary[Searcher, Lexicon] = WeakKeyDictionary()


def lexicon_of(searcher: Searcher) -> Lexicon:
    """Return the lexicon of a searcher's index; read once, which takes a quarter of a second for 7,500 sentences."""
    if searcher not in _LEXICONS:
        places: dict[str, set[Place]] = {}
        for row, passage in enumerate(searcher.index.passages):
            for position, sentence in enumerate(passage.sentences):
                for term in sentence_terms(sentence.text, searcher.index.compounds):
                    places.setdefault(term, set()).add((row, position))
        frozen = {term: frozenset(found) for term, found in places.items()}
        _LEXICONS[searcher] = Lexicon(frozen, len(searcher.index.passages))
    return _LEXICONS[searcher]


@dataclass(frozen=True)
class Pair:
    """Two neighbouring words of a question ("gezonde wijk"), stop words between them passed over."""

    weight: float
    said: frozenset[Place]


@dataclass(frozen=True)
class Subject:
    """The words of a question that carry its subject: per word its weight and the sentences that say it.

    ``forms`` are the ways of saying each word, the first as it was asked; ``pairs`` those neighbours in the question
    that are neighbours somewhere in the corpus too; ``names`` the sentences that have each name in the question
    (quoted, or with capitals) of ordinary words ("Gezonde Wijk"), for the names that the corpus has at all.
    """

    forms: tuple[tuple[Form, ...], ...]
    weights: tuple[float, ...]
    said: tuple[frozenset[Place], ...]
    pairs: tuple[Pair, ...]
    names: tuple[frozenset[Place], ...] = ()

    @property
    def unsaid(self) -> float:
        """Return the share (0 to 1) of the subject, by weight, whose words stand nowhere; 0 without words."""
        nowhere = sum(weight for weight, said in zip(self.weights, self.said, strict=True) if not said)
        return nowhere / (sum(self.weights) or 1.0)

    def share(self, places: Iterable[Place]) -> float:
        """Return how much of the subject (0 to 1, by weight) is said in at least one of the sentences."""
        where = tuple(places)
        named = (
            weight
            for weight, found in zip(self.weights, self.said, strict=True)
            if any(place in found for place in where)
        )
        return sum(named) / (sum(self.weights) or 1.0)

    def named(self, places: Iterable[Place]) -> float:
        """Return the share (0 to 1) of the question's names that at least one of the sentences has; 1 without names."""
        where = set(places)
        found = [not where.isdisjoint(said) for said in self.names]
        return sum(found) / len(found) if found else 1.0

    def paired(self, place: Place) -> float:
        """Return how much of the question's pairs (0 to 1, by weight) stand side by side in a sentence."""
        total = sum(pair.weight for pair in self.pairs)
        return sum(pair.weight for pair in self.pairs if place in pair.said) / total if total else 0.0


def subject_of(question: Question, searcher: Searcher, synonyms: Sequence[Sequence[str]] = ()) -> Subject:
    """Return the subject of a question, with synonyms from the manifest."""
    lexicon = lexicon_of(searcher)
    asked = words(question.search)
    spell = partial(_forms, searcher=searcher, lexicon=lexicon)
    forms = tuple(
        tuple(dict.fromkeys(form for way in group for form in _joined([spell(word) for word in way])))
        for group in _groups(question, asked, searcher, synonyms)
    )
    said = tuple(frozenset[Place]().union(*(lexicon.of(form) for form in ways)) for ways in forms)
    pairs = _pairs(question, asked, searcher, lexicon)
    if len(said) == 1:
        said = (_collocated(said[0], pairs),)
    weights = tuple(lexicon.weight(found) for found in said)
    return Subject(forms, weights, said, pairs, _names(question, searcher, lexicon))


def _collocated(said: frozenset[Place], pairs: Sequence[Pair]) -> frozenset[Place]:
    """Where a subject of one word is said: beside its neighbour, if the corpus often has the two together.

    What says "gezond" says nothing of the "gezonde wijk".
    """
    together = frozenset[Place]().union(*(pair.said for pair in pairs))
    return together if len(together) >= max(COLLOCATED, COLLOCATED_SHARE * len(said)) else said


def _names(question: Question, searcher: Searcher, lexicon: Lexicon) -> tuple[frozenset[Place], ...]:
    """Where the names in a question stand, word for word but for stop words; names of charters are no subject."""
    named = [charter for charter in searcher.index.charters if charter.name in question.charters]
    charters = {
        stem(word)
        for charter in named
        for name in (charter.name, *charter.aliases, *charter.places)
        for word in words(name)
    }
    found = []
    for name in _NAME.findall(question.search):
        sought = tuple(stem(word) for word in words("".join(name)) if word not in STOP_WORDS)
        ordinary = all(searcher.idf(term) < _TELLING for term in sought)  # a rare name tells enough word by word
        if sought and ordinary and not charters.issuperset(sought):
            found.append(
                frozenset(
                    (row, position)
                    for row, position in lexicon.of(Form(sought))
                    if _has_run(searcher.index.passages[row].sentences[position].text, sought)
                )
            )
    return tuple(said for said in found if said)


@lru_cache(maxsize=20_000)
def _has_run(text: str, sought: tuple[str, ...]) -> bool:
    given = [stem(word) for word in words(text) if word not in STOP_WORDS]
    return any(tuple(given[i : i + len(sought)]) == sought for i in range(len(given) - len(sought) + 1))


Way = tuple[str, ...]  # words that say a thing together


def _groups(
    question: Question, asked: Sequence[str], searcher: Searcher, synonyms: Sequence[Sequence[str]]
) -> list[list[Way]]:
    """The subject's words; those of which any one will do ("CJG of OKC", synonyms, initials) stand together."""
    groups: list[list[Way]] = [[(word,), name] for word, name in _abbreviated(question, asked, searcher)]
    for pair in question.alternatives:
        known = [word for word in pair if word in question.topic]
        groups.append([(word,) for word in _as_telling(known, searcher)])
    for alike in synonyms:
        phrases = [tuple(word for word in words(phrase) if word not in STOP_WORDS) for phrase in alike]
        given = [phrase for phrase in phrases if _stands_in(phrase, asked)]
        if given:
            groups.append([*given, *(phrase for phrase in phrases if phrase not in given)])
    taken = {stem(word) for group in groups if len(group) > 1 for way in group for word in way}
    taken |= {stem(word) for pair in question.alternatives for word in pair if len(pair) > 1}
    merged = _merged([group for group in groups if group])
    return merged + [[(word,)] for word in question.topic if stem(word) not in taken]


def _merged(groups: Sequence[list[Way]]) -> list[list[Way]]:
    """Groups with a way in common are one."""
    out: list[list[Way]] = []
    for group in groups:
        stems = {tuple(map(stem, way)) for way in group}
        same = next((other for other in out if stems & {tuple(map(stem, way)) for way in other}), None)
        if same is None:
            out.append(list(group))
        else:
            same.extend(way for way in group if way not in same)
    return out


def _as_telling(known: Sequence[str], searcher: Searcher) -> list[str]:
    """Of words of which any will do, those about as rare as the rarest: "woning (overbewoning)" is about the latter."""
    telling = [searcher.idf(stem(word)) for word in known]
    return [word for word, weight in zip(known, telling, strict=True) if weight >= max(telling) - 2.5]


def _abbreviated(question: Question, asked: Sequence[str], searcher: Searcher) -> list[tuple[str, Way]]:
    """Words that are the initials of their neighbours: "bedrijfsgerichte gebiedsverbetering (BGV)"."""
    found = []
    for place, word in enumerate(asked):
        if word not in question.topic or not 2 <= len(word) <= 5 or not word.isalpha():
            continue
        for run in (asked[max(0, place - 4) : place], asked[place + 1 : place + 5]):
            name = tuple(other for other in run if other in question.topic and len(other) > len(word))
            initials = "".join(part[0] for other in name for part in searcher.index.compounds.parts(other) or (other,))
            if len(initials) >= len(word) and initials[0] == word[0] and _in_order(word, initials):
                found.append((word, name))
    return found[:1]


def _in_order(letters: str, initials: str) -> bool:
    rest = iter(initials)
    return all(letter in rest for letter in letters)


def _joined(forms: Sequence[Sequence[Form]]) -> list[Form]:
    """Every way of saying several words together; one word keeps its ways as they are."""
    if len(forms) == 1:
        return list(forms[0])
    return [Form().union(*(ways[0] for ways in forms))]


def _forms(word: str, searcher: Searcher, lexicon: Lexicon) -> list[Form]:
    own = stem(word)
    parts = searcher.index.compounds.parts(word)
    out = [Form({own})]
    if parts:
        out.append(Form(map(stem, parts)))
    return out + [Form({other}) for other in _variants(word, own, lexicon)]


def _variants(word: str, own: str, lexicon: Lexicon) -> list[str]:
    """Spellings of a word in the text that are one slip away; another Dutch word is another word."""
    if len(word) < _SHORTEST_VARIANT or not word.isalpha():
        return []
    kin = [other for other in lexicon.beginning(own[:_ROOT]) if _akin(own, other)] if len(own) > _ROOT else []
    near = process.extract(own, lexicon.long, scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=8)
    unknown = own not in lexicon.places
    misspelt = [other for other, slips, _ in near if slips and other[0] == own[0] and (unknown or not is_dutch(other))]
    return misspelt + [other for other in kin if other not in misspelt]


def _akin(one: str, other: str) -> bool:
    """Whether two stems have one root and differ in the ending only: "marokkaans", "marokkan"."""
    root = sum(takewhile(bool, map(eq, one, other)))
    return one != other and len(one) - root <= _ENDING and len(other) - root <= _ENDING


def _stands_in(phrase: Sequence[str], asked: Sequence[str]) -> bool:
    """Whether the words of a phrase stand next to each other in the question, as stems, stop words passed over."""
    sought, given = [stem(word) for word in phrase], [stem(word) for word in asked if word not in STOP_WORDS]
    return any(given[i : i + len(sought)] == sought for i in range(len(given) - len(sought) + 1))


def _pairs(question: Question, asked: Sequence[str], searcher: Searcher, lexicon: Lexicon) -> tuple[Pair, ...]:
    telling = [word for word in asked[:LONGEST_PAIRING] if word not in STOP_WORDS]
    beside = dict.fromkeys(
        (stem(first), stem(second))
        for first, second in pairwise(telling)
        if first in question.topic and first != second  # "gezonde wijk", not "deelnemen aan een experiment"
    )
    found = []
    for first, second in beside:
        said = frozenset(
            (row, position)
            for row, position in lexicon.of(Form({first, second}))
            if (first, second) in _neighbours(searcher.index.passages[row].sentences[position].text)
        )
        if said:
            found.append(Pair(lexicon.weight(said), said))
    return tuple(found)


@lru_cache(maxsize=20_000)
def _neighbours(text: str) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise([stem(word) for word in words(text) if word not in STOP_WORDS]))
