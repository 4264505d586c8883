"""Dutch words as the lexical leg sees them: folded, stemmed, compounds taken apart.

Nothing is thrown away that decides a policy question: numbers ("4.2", "12.937"), "niet" and "geen" stay.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

import Stemmer
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein
from spellchecker import SpellChecker

_WORD = re.compile(r"\d+(?:[.,:/-]\d+)*%?|[^\W\d_]+(?:['’][^\W\d_]+)?|[^\W_]+")
_LINKS = ("", "s", "en", "e", "n")  # what Dutch puts between the parts of a compound
_MIN_PART = 4
MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
          "november", "december")  # fmt: skip
MONTH = "|".join(MONTHS)  # for a pattern
_ONES = "twee|drie|vier|vijf|zes|zeven|acht|negen"
# Numbers in words, from two: "een" is mostly no number.
NUMERAL = (
    rf"{_ONES}|tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|negentien|honderd|duizend"
    rf"|(?:(?:een|één|{_ONES})[eë]n)?(?:twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig)"
)
_SOUND = {"c": "k", "z": "s", "v": "f"}  # first letters that are mistaken for each other
STOP_WORDS = frozenset(
    [
        "de",
        "het",
        "een",
        "en",
        "in",
        "op",
        "te",
        "van",
        "voor",
        "met",
        "aan",
        "bij",
        "door",
        "om",
        "uit",
        "naar",
        "tot",
        "over",
        "onder",
        "tegen",
        "tussen",
        "als",
        "dan",
        "dat",
        "die",
        "dit",
        "deze",
        "is",
        "zijn",
        "was",
        "waren",
        "wordt",
        "worden",
        "werd",
        "zal",
        "zullen",
        "kan",
        "kunnen",
        "heeft",
        "hebben",
        "had",
        "er",
        "ook",
        "of",
        "maar",
        "nog",
        "wel",
        "al",
        "zo",
        "daar",
        "hier",
        "hij",
        "zij",
        "ze",
        "wij",
        "we",
        "ik",
        "je",
        "u",
        "men",
        "hun",
        "haar",
        "ons",
        "onze",
        "hen",
        "wat",
        "wie",
        "waar",
        "wanneer",
        "welke",
        "welk",
        "hoe",
        "waarom",
        "hoeveel",
        "the",
        "of",
    ]
)


@lru_cache(maxsize=50_000)  # the same sentences are weighed for question after question
def fold(text: str) -> str:
    """Return the text in small letters without diacritics and with plain quotation marks."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("’", "'").replace("‘", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """Return the folded words and numbers of a text, in order; a hyphen separates."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the Snowball stem of a folded word; words with a digit stay as they are."""
    if any(char.isdigit() for char in word):
        return word
    stemmed: str = Stemmer.Stemmer("dutch").stemWord(word)
    return stemmed


@cache
def _dictionary() -> SpellChecker:
    return SpellChecker(language="nl")


def is_dutch(word: str) -> bool:
    """Say whether a folded word is in a general Dutch word list (340,000 words, read on first use)."""
    return word in _dictionary()


class Compounds:
    """Takes Dutch compounds apart with the words of the corpus itself (Koehn and Knight, 2003).

    ``counts`` maps folded words to how often the corpus has them. A word falls apart where both parts are words of the
    corpus and their geometric mean count is the highest; "wijkagenten" gives "wijk" and "agenten".
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = dict(counts)
        self._parts: dict[str, tuple[str, ...]] = {}
        self._long = [word for word in self.counts if len(word) >= _MIN_PART and word.isalpha()]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Compounds":
        """Count the words of the texts."""
        return cls(Counter(word for text in texts for word in words(text)))

    def parts(self, word: str) -> tuple[str, ...]:
        """Return the parts of a compound, or nothing for a word that does not fall apart."""
        if word not in self._parts:
            self._parts[word] = self._split(word)
        return self._parts[word]

    def _split(self, word: str) -> tuple[str, ...]:
        if len(word) < 2 * _MIN_PART - 1 or not word.isalpha():
            return ()
        best: tuple[str, ...] = ()
        best_score = 1.0
        for cut in range(3, len(word) - _MIN_PART + 1):
            tail = self.counts.get(word[cut:], 0)
            if not tail:
                continue
            for link in _LINKS:
                head = word[:cut].removesuffix(link) if link else word[:cut]
                if link and not word[:cut].endswith(link):
                    continue
                score = (self.counts.get(head, 0) * tail) ** 0.5 if len(head) >= 3 else 0.0
                if score > best_score:
                    best, best_score = (head, word[cut:]), score
        if not best:
            return ()
        return tuple(part for half in best for part in (self.parts(half) or (half,)))

    def nearest(self, word: str) -> str | None:
        """Return the word of the corpus that a misspelt word most likely is, or None.

        At most one slip in words of 5 to 7 letters and two in longer ones; swapped letters are one slip. A word that
        Dutch has is never a misspelling: a corpus without "voetbalrellen" is not asked about "voetbalvelden".
        """
        if word in self.counts or len(word) < 5 or not word.isalpha() or self.parts(word) or is_dutch(word):
            return None
        slips = 1 if len(word) < 8 else 2
        found = process.extract(word, self._long, scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=5)
        same_start = [hit for hit in found if _SOUND.get(hit[0][0], hit[0][0]) == _SOUND.get(word[0], word[0])]
        if not same_start:
            return None
        return min(same_start, key=lambda hit: (hit[1], -self.counts[hit[0]], -fuzz.ratio(word, hit[0])))[0]


def terms(text: str, compounds: Compounds) -> list[str]:
    """Return the index terms of a text: every stem but stop words, and for a compound also its parts' stems."""
    out: list[str] = []
    for word in words(text):
        if word in STOP_WORDS:
            continue
        out.append(stem(word))
        out.extend(stem(part) for part in compounds.parts(word))
    return out
