"""The core loop: a question in, a checked answer out."""

import threading
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.encoder import Encoder, open_encoder
from index.reader import Reader, open_reader
from index.search import Mask, Searcher
from index.store import Index, open_index
from ingest.errors import UsageError
from ingest.model import ACTORS
from qa.collection import answer_collection, answer_compare
from qa.followup import standalone
from qa.llm import ollama
from qa.model import Answer, retrieved
from qa.question import Question, analyse
from qa.settings import Llm, Settings
from qa.single import answer_single
from qa.written import Writer

LONGEST_QUESTION = 2000  # characters that are read; what comes after adds nothing but time


ANSWERS = {"single": answer_single, "collection": answer_collection, "compare": answer_compare}


class Engine:
    """Answers questions about one index; reading only, so one engine serves many users."""

    def __init__(self, index: Index, encoder: Encoder, settings: Settings, reader: Reader | None = None) -> None:
        self.index, self.settings = index, settings
        self.searcher = Searcher(index, encoder, settings.depth, reader)
        self.writer: Writer | None = None

    @classmethod
    def open(cls, index_dir: Path, settings: Settings, llm: Llm = "off") -> "Engine":
        """Open the index in ``index_dir``; raises IndexFolderError or ModelError with what to do.

        ``llm`` says whether a language model writes the answers: not, where there is one, or always (an answer without
        it is then a LanguageModelError).
        """
        encoder = open_encoder(settings.model, settings.cache_dir)
        reader = open_reader(settings.model, settings.cache_dir)
        engine = cls(open_index(index_dir, encoder.name), encoder, settings, reader)
        if llm != "off":
            engine.writer = Writer(ollama(settings), engine.searcher, settings.llm_context, llm == "required")
        return engine

    def ask(
        self,
        text: str,
        charters: tuple[str, ...] = (),
        actor: str | None = None,
        id: str | None = None,
        previous: str | None = None,
    ) -> Answer:
        """Answer a question; ``charters`` and ``actor`` restrict where the answer may come from.

        ``previous`` is the last question as it was understood: a follow-up ("en in …?") is read in its light.
        Raises UsageError for an empty question, an unknown charter or an unknown actor.
        """
        *_, answer = self.stream(text, charters, actor, id, previous)
        return answer

    def stream(
        self,
        text: str,
        charters: tuple[str, ...] = (),
        actor: str | None = None,
        id: str | None = None,
        previous: str | None = None,
        stop: threading.Event | None = None,
    ) -> Generator[Answer]:
        """Yield the answer in the source's own sentences first; each later one replaces the one before.

        Later ones come from a language model, where there is one; closing the iterator, or setting ``stop`` from
        another thread, ends its work at once.
        """
        started = time.perf_counter()
        read = text[:LONGEST_QUESTION]
        alone = standalone(read, previous and previous[:LONGEST_QUESTION], self.index.charters)
        question = self.understand(alone, charters, actor)
        query = self.searcher.query(question.search)
        retrieved_at = time.perf_counter()
        answer = ANSWERS[question.kind](question, query, self.searcher, self.settings)
        ended = time.perf_counter()
        timings = {
            "retrieve": round((retrieved_at - started) * 1000, 1),
            "answer": round((ended - retrieved_at) * 1000, 1),
            "total": round((ended - started) * 1000, 1),
        }
        understood = alone if alone != read else None
        answer = replace(answer, id=id, question=text, understood=understood, timings_ms=timings)
        if self.writer is None or not self.writer.writes(question, answer):
            yield answer
            return
        yield replace(answer, writing=True)
        yield from self.writer.write(question, answer, stop)

    def search(
        self, text: str, k: int = 10, charters: tuple[str, ...] = (), actor: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the best ``k`` passages for a question, as the contract's ``retrieved`` with text and section."""
        question = self.understand(text, charters, actor)
        hits = self.searcher.search(self.searcher.query(question.search), self._mask(question), k)
        return [
            {
                **retrieved(hit),
                "section": list(hit.passage.section),
                "actor": hit.passage.actor,
                "text": hit.passage.text,
            }
            for hit in hits
        ]

    def understand(self, text: str, charters: tuple[str, ...] = (), actor: str | None = None) -> Question:
        """Analyse a question and lay the user's filters over it."""
        clean = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        if not clean:
            raise UsageError("De vraag is leeg", 'een vraag, bijvoorbeeld: charterwijzer ask "wat is een Kindlint?"')
        question = analyse(clean[:LONGEST_QUESTION], self.index.charters, self.index.compounds)
        if charters:
            known = {charter.name.lower(): charter.name for charter in self.index.charters}
            unknown = [name for name in charters if name.lower() not in known]
            if unknown:
                raise UsageError(f"Charter {unknown[0]!r} is er niet", ", ".join(known.values()))
            named = tuple(dict.fromkeys(known[name.lower()] for name in charters))
            question = replace(question, within=named)
        if actor is not None:
            if actor not in ACTORS:
                raise UsageError(f"Partij {actor!r} bestaat niet", ", ".join(ACTORS))
            question = replace(question, only=actor)
        return question

    def _mask(self, question: Question) -> Mask:
        return self.searcher.mask(question.scope, question.only)
