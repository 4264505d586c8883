"""Whether the words of a written sentence are supported by what it cites.

Every telling word of the sentence looks for its like in the cited sentences: the same word or part of a compound, else
the most similar token vector (the same late interaction as in search, so no other model is needed). Thresholds are
those of ``tests/qa/written_sentences.jsonl``: sentences written by hand, supported and not.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.dutch import STOP_WORDS, stem, words
from index.encoder import Encoded
from index.search import Searcher
from ingest.model import Actor
from qa.check import Source
from qa.facts import plain

# Least mean over the telling words, and least of any one of them: of the tuned model, which tells words apart far more
# sharply, and of any other.
TUNED, UNTUNED = (0.88, 0.55), (0.93, 0.83)
FEWEST = 2  # telling words beside the names of city and party: "er is al een veiligheidshuis" has but one
# Words that say nothing by themselves: connectives, and verbs that only carry another word.
NEUTRAL = frozenset(
    [
        "zodat", "daarom", "daarvoor", "hiervoor", "waarvoor", "daarbij", "hierbij", "waarbij", "daarmee",
        "hiermee", "waarmee", "daarin", "waarin", "waar", "hierin", "bijvoorbeeld", "zoals", "zich", "vanaf",
        "sinds", "per", "ook", "procent", "jaar", "namelijk", "verder", "daarnaast", "ten", "ter", "waarop",
        "doordat", "omdat", "toch", "euro", "stelt", "stellen", "komt", "komen", "gaat", "gaan", "zet",
        "zetten", "doet", "doen", "neemt", "nemen", "brengt", "brengen", "maakt", "maken", "wil", "willen",
        "zou", "zouden", "mag", "mogen", "moet", "moeten", "werd",
    ]
)  # fmt: skip

# Words that turn a statement round: token vectors hold them and their opposites for alike, so the word must be there.
DECISIVE = frozenset(
    [
        "beeindigt", "beeindigen", "stopt", "stoppen", "sluit", "sluiten", "afschaffen", "schrapt", "schrappen",
        "staakt", "verlaagt", "verlagen", "verhoogt", "verhogen", "vermindert", "verminderen", "daalt", "dalen",
        "stijgt", "stijgen", "meer", "minder", "alle", "iedereen", "altijd", "nooit", "enige", "alleen",
        "uitsluitend", "verplicht", "verbiedt", "verboden", "gratis",
    ]
)  # fmt: skip
PARTY: dict[Actor, str] = {"rijk": "rijk staat", "gemeente": "gemeente stad", "gezamenlijk": ""}


class TokenSupport:
    """Supports sentences with the token vectors of an opened index."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._whole, self._weakest = TUNED if searcher.reader is not None else UNTUNED

    def __call__(self, text: str, cited: Sequence[Source]) -> str | None:
        """Return the reason for which the text is not supported, or None where it is."""
        fits = self.fits(text, cited)
        own = self._terms(self._own_names(cited[0]))
        if sum(stem(word) not in own for word in fits) < FEWEST:
            return "zegt te weinig om te controleren"
        weakest = min(fits, key=lambda word: fits[word])
        if fits[weakest] < self._weakest:
            return f"‘{weakest}’ staat niet in de bron"
        return "te weinig steun in de bron" if sum(fits.values()) / len(fits) < self._whole else None

    def fits(self, text: str, cited: Sequence[Source]) -> dict[str, float]:
        """Return for every telling word of the text how well what is cited has it: 1 for the word itself."""
        encoded = self._searcher.encoder.encode_query(text)
        similar = self._similar(encoded, cited)
        said = " ".join(one.text for one in cited)
        present, quoted = self._terms(f"{said} {self._own_names(cited[0])}"), words(said)
        folded = plain(text)
        out, position = {}, 0
        for word in words(text):
            start = folded.find(word, position)
            position = start + len(word) if start >= 0 else position
            if word in STOP_WORDS or word in NEUTRAL or len(word) < 3:
                continue
            found = self._has(word, present) or _inflected(word, quoted)
            other = 0.0 if word in DECISIVE else _fit(encoded, similar, start, start + len(word))
            out[word] = 1.0 if found else other
        return out

    def _has(self, word: str, present: frozenset[str]) -> bool:
        """Whether the word itself is there, or every part of a compound; one part proves nothing."""
        parts = self._searcher.index.compounds.parts(word)
        return stem(word) in present or (bool(parts) and all(stem(part) in present for part in parts))

    def _own_names(self, source: Source) -> str:
        """What city and party may be called, whatever the sentence itself calls them."""
        charter = next((one for one in self._searcher.index.charters if one.name == source.charter), None)
        aliases = charter.aliases if charter else ()
        return " ".join((source.charter, *aliases, PARTY[source.actor]))

    def _terms(self, text: str) -> frozenset[str]:
        parts = self._searcher.index.compounds.parts
        return frozenset(stem(piece) for word in words(text) for piece in (word, *parts(word)))

    def _similar(self, encoded: Encoded, cited: Sequence[Source]) -> NDArray[np.float32]:
        best = np.zeros(len(encoded.tokens), np.float32)
        for one in cited:
            if one.row >= 0:
                passage = self._searcher.index.passages[one.row]
                rows = self._searcher.index.tokens.sentence_sims(encoded.tokens, one.row, len(passage.sentences))
                best = np.maximum(best, rows[list(one.positions)].max(axis=0))
        return best


def _inflected(word: str, quoted: Sequence[str]) -> bool:
    """Whether a verb stands there in another form: "knapt (op)" and "opgeknapt", "bundelt" and "gebundeld"."""
    root = re.sub(r"(?:en|t|d|dt|de|te|den|ten)$", "", word)
    if len(root) < 4:
        return False
    other = re.compile(rf"(?:ge|[a-z]{{2,5}}(?:ge)?)?{re.escape(root)}(?:d|t|en|de|te|ing|ingen|ende)?")
    return any(other.fullmatch(one) for one in quoted)


def _fit(encoded: Encoded, similar: NDArray[np.float32], start: int, end: int) -> float:
    if start < 0:
        return 0.0
    own = [i for i, (a, b) in enumerate(encoded.offsets) if b > a and a < end and b > start]
    return float(similar[own].mean()) if own else 0.0
