"""Written answers: a language model's sentences, each let through only when the source backs it.

``Writer.write`` goes on where the extractive answer stands. It yields that answer again and again with more sentences
written, and ends with an answer that says what became of them. Where the model is not there, fails or says nothing that
can be proven, the extractive answer stands and a note says why.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from index.dutch import words
from index.search import Searcher
from ingest.errors import LanguageModelError, NoServerError
from qa.check import Names, Sentence, Source, parsed, proper_names, refusal_of
from qa.compose import Citations, sentence_line
from qa.draft import Draft, Part, Sentences, joined, pieces_of, renumbered
from qa.facts import FactKind, facts, supported
from qa.finding import evidence_at
from qa.llm import LONGEST, LanguageModel
from qa.model import Answer, Citation, WritingCount
from qa.prompt import fitting, messages
from qa.question import Asked, Question
from qa.support import TokenSupport
from qa.values import date_limit

SENTENCES = 5  # that one answer may have
REPEATS = 3  # of a sentence after which the model is stopped
NO_ANSWER = "GEEN ANTWOORD"
Fate = Literal["kept", "replaced", "dropped"]
_ENUMERATED = re.compile(r"^\s*(?:\d{1,2}|[a-z])[.)]\s+")
_ANSWERS: dict[Asked, tuple[FactKind, ...]] = {
    "number": ("number", "percent", "money", "quantity", "ordinal"),
    "amount": ("money", "number", "percent", "quantity"),
    "date": ("date", "year", "month", "number"),
}


@dataclass(frozen=True)
class Heard:
    """A sentence of the model: its text, the sources that it cites, what became of it, and why it was refused."""

    text: str
    cited: tuple[Source, ...]
    fate: Fate
    reason: str | None = None


@dataclass
class Tally:
    """What became of the model's sentences, in order."""

    heard: list[Heard] = field(default_factory=list)
    no_answer: bool = False
    first: float = 0.0  # seconds until the first sentence that was kept

    @property
    def count(self) -> WritingCount:
        """The numbers alone."""
        fates = Counter(one.fate for one in self.heard)
        return WritingCount(fates["kept"], fates["replaced"], fates["dropped"])

    @property
    def kept(self) -> bool:
        """Whether any sentence was."""
        return any(one.fate == "kept" for one in self.heard)

    @property
    def reasons(self) -> str:
        """The two most frequent reasons for which sentences were refused."""
        return ", ".join(why for why, _ in Counter(one.reason for one in self.heard if one.reason).most_common(2))


@dataclass(frozen=True)
class Judged:
    """A sentence after the check: its text for reading, the numbers it cites, and why it is refused, if it is."""

    text: str
    numbers: tuple[int, ...]
    refusal: str | None


@dataclass(frozen=True)
class Apart:
    """A single answer sentence by sentence: each with a citation of its own, and the answer's quote that it lies in."""

    parts: list[Part]
    citations: list[Citation]
    quotes: dict[int, Citation]


class Writer:
    """Writes answers with a language model about one opened index; ``required`` makes its failures errors.

    ``followed`` is given the tally of every answer that is done, for who wants to know what became of each sentence.
    """

    def __init__(
        self,
        model: LanguageModel,
        searcher: Searcher,
        context: int,
        required: bool = False,
        followed: Callable[[Tally], None] = lambda tally: None,
    ) -> None:
        self.model, self.required, self._followed = model, required, followed
        self._searcher, self._context = searcher, context
        self._support = TokenSupport(searcher)

    def writes(self, question: Question, answer: Answer) -> bool:
        """Say whether this answer is one to write: not a refusal, nor a list whose verdicts are all there is to say."""
        told = answer.kind != "collection" or not (question.negated or date_limit(question.text))
        return not answer.refused and bool(answer.citations) and told

    def write(self, question: Question, answer: Answer, stop: threading.Event | None = None) -> Iterator[Answer]:
        """Yield the answer with more and more written sentences; raise LanguageModelError only where required."""
        started, tally, stop = time.perf_counter(), Tally(), stop or threading.Event()
        last = answer
        try:
            self.model.present()
            form = _Single(self, question, answer) if answer.kind == "single" else _Each(self, question, answer)
            with closing(self._written(form, tally, stop)) as states:
                for last in states:
                    tally.first = tally.first or time.perf_counter() - started
                    yield _timed(last, started, writing=True)
        except LanguageModelError as error:
            if self.required:
                raise
            yield _timed(_with_note(answer, _excuse(error)), started)
            return
        finally:
            self._followed(tally)
        done = _with_note(last, "Het schrijven is gestopt.") if stop.is_set() else None
        done = _timed(done or _concluded(answer, last, tally, self.model.name), started)
        yield replace(done, timings_ms={**done.timings_ms, "first_written": round(tally.first * 1000, 1)})

    def apart(self, answer: Answer) -> Apart:
        """Take the quotes of a single answer apart into sentences: what is written takes the place of single ones."""
        citations = Citations(self._searcher.index.documents)
        quoted = {one.n: one for one in answer.citations}
        parts: list[Part] = []
        quotes: dict[int, Citation] = {}
        for piece in pieces_of(answer.answer, {one.charter for one in answer.citations}):
            quote = quoted[piece.numbers[0]]
            for text, made in self._sentences(piece.text, quote, citations):
                parts.append(Part(text, (made.n,)))
                quotes[made.n] = quote
        return Apart(parts, citations.made, quotes)

    def _sentences(self, text: str, quote: Citation, citations: Citations) -> list[tuple[str, Citation]]:
        """The sentences of a quote with a citation of each; the quote as it is where the text is not just these."""
        row = self._rows[quote.passage_id]
        sentences = self._searcher.index.passages[row].sentences
        places = self._within(row, quote)
        lines = [sentence_line(sentences[at].text) for at in places]
        if " ".join(lines) == text:
            made = [citations.cite(evidence_at(self._searcher, (row, at))) for at in places]
            return list(zip(lines, made, strict=True))
        citations.made.append(replace(quote, n=len(citations.made) + 1))
        return [(text, citations.made[-1])]

    def _within(self, row: int, citation: Citation) -> tuple[int, ...]:
        """The places of the passage's sentences that lie within a quote."""
        sentences = self._searcher.index.passages[row].sentences if row >= 0 else ()
        return tuple(
            i for i, one in enumerate(sentences) if citation.start_char <= one.start and one.end <= citation.end_char
        )

    def _written(self, form: "_Single | _Each", tally: Tally, stop: threading.Event) -> Generator[Answer]:
        cutter, seen = Sentences(), Counter[str]()
        with closing(self.model.stream(form.messages, stop)) as pieces:
            for piece in pieces:
                for sentence in cutter.feed(piece):
                    seen[sentence.lower()] += 1
                    if seen[sentence.lower()] == 1 and form.take(sentence, tally) and tally.kept:
                        yield form.answer(tally)
                if cutter.endless:
                    tally.heard.append(Heard("…", (), "dropped", "een zin zonder einde"))
                if cutter.endless or form.full or tally.no_answer or max(seen.values(), default=0) >= REPEATS:
                    return
        left, cut_off = cutter.end()
        if cut_off and not stop.is_set():
            tally.heard.append(Heard("…", (), "dropped", "een afgebroken zin"))
        for sentence in left:
            if sentence.lower() not in seen and form.take(sentence, tally) and tally.kept:
                yield form.answer(tally)

    def judged(self, sentence: str, sources: Mapping[int, Source], charter: str | None, tally: Tally) -> Judged | None:
        """Check a sentence; return None for what is none at all."""
        if NO_ANSWER in sentence.upper():
            tally.no_answer = True
            return None
        made = parsed(sentence)
        if not made.text:
            return None
        known = {n: one for n, one in sources.items() if charter in (None, one.charter)}
        text = made.text if made.text.endswith((".", "!", "?")) else f"{made.text}."
        cited = {n: known[n] for n in made.numbers if n in known}
        backing = self._backing(made.text, {**cited, **known})
        if backing is not None:
            return Judged(text, (backing,), None)
        elsewhere = any(n in sources and n not in known for n in made.numbers)
        why = "een andere stad" if elsewhere else refusal_of(made, known, self.names, self._support)
        return Judged(text, tuple(cited), why)

    def _backing(self, text: str, sources: Mapping[int, Source]) -> int | None:
        """The first source that backs a sentence all by itself; small models cite too much, too little, or the next."""
        for number in sources:
            if refusal_of(Sentence(text, (number,)), sources, self.names, self._support) is None:
                return number
        return None

    @cached_property
    def names(self) -> Names:
        """The corpus's names and words; read when the first sentence is checked."""
        index = self._searcher.index
        return Names.of(index.charters, [document.text for document in index.documents.values()])

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {passage.id: row for row, passage in enumerate(self._searcher.index.passages)}

    def sources(self, citations: Sequence[Citation]) -> dict[int, Source]:
        """Return the citations as numbered sources, with where their token vectors are."""
        return {one.n: self._source(one) for one in citations}

    def _source(self, citation: Citation) -> Source:
        row = self._rows.get(citation.passage_id, -1)
        places = self._within(row, citation)
        sentences = self._searcher.index.passages[row].sentences
        text = " ".join(sentences[i].text for i in places) or citation.quote
        return Source(
            citation.n,
            citation.charter,
            citation.actor,
            citation.section,
            citation.quote,
            text,
            row if places else -1,
            places,
        )

    def fitting(self, sources: Mapping[int, Source]) -> dict[int, Source]:
        """Return the sources, from the first, that the model can read at once beside what it writes."""
        return {one.n: one for one in fitting(list(sources.values()), self._context, LONGEST)}


class _Single:
    """One answer in running text."""

    def __init__(self, writer: Writer, question: Question, answer: Answer) -> None:
        self._writer, self._answer, self._scope = writer, answer, question.scope
        self._asked = question.asked
        apart = writer.apart(answer)
        self._quotes = apart.quotes
        self._all = writer.sources(apart.citations)
        self._sources = writer.fitting(self._all)
        self._draft = Draft(apart.parts)
        self.messages = messages("single", question.text, list(self._sources.values()), SENTENCES)

    @property
    def full(self) -> bool:
        return sum(part.written or part.stays for part in self._draft.parts) >= SENTENCES

    def take(self, sentence: str, tally: Tally) -> bool:
        """Take in one sentence of the model; say whether the answer changed."""
        judged = self._writer.judged(sentence, self._sources, None, tally)
        if judged is None:
            return False
        if judged.refusal is None:
            gone, charter = self._draft.giving_way(judged.numbers), self._all[judged.numbers[0]].charter
            judged = replace(judged, refusal=left_out(judged.text, gone, self._writer.names, charter))
        if judged.refusal is None:
            self._draft.keep(judged.text, judged.numbers)
            fate: Fate = "kept"
        else:
            fate = "replaced" if self._draft.restore(judged.numbers) else "dropped"
        tally.heard.append(_heard(judged, fate, self._all))
        return fate != "dropped"

    def answer(self, tally: Tally) -> Answer:
        """Return the answer as it stands; of the extractive answer's citations, those that it still uses, in order."""
        parts = self._draft.told(lambda text: says(text, self._asked))
        quotes = {quote.n: quote for part in parts for quote in map(self._quotes.__getitem__, part.numbers)}
        cited = {n: replace(quotes[n], n=new) for new, n in enumerate(sorted(quotes), start=1)}
        numbers = {n: cited[quote.n].n for n, quote in self._quotes.items() if quote.n in cited}
        said = joined(renumbered(parts, numbers), {one.n: one for one in cited.values()}, self._scope)
        return _by_model(self._answer, said, tuple(cited.values()), tally, self._writer.model.name)


class _Each:
    """A statement for every charter of a list or comparison; list, verdicts and counts stay as they were computed."""

    def __init__(self, writer: Writer, question: Question, answer: Answer) -> None:
        self._writer, self._answer = writer, answer
        self._citations = answer.citations
        self._all = writer.sources(answer.citations)
        told = {n for item in answer.items if item.verdict == "yes" for n in item.citations}
        self._sources = writer.fitting({n: one for n, one in self._all.items() if n in told})
        self._slots = slots(answer)
        self._drafts: dict[str, Draft] = {}
        self.full = False
        self.messages = messages("list", question.text, list(self._sources.values()))

    def take(self, sentence: str, tally: Tally) -> bool:
        """Take in one line of the model ("Stad: zin. [n]"); say whether the answer changed."""
        label, found, said = sentence.partition(":")
        named = label.strip(" *-–•0123456789.)").lower()
        charter = next((name for name in self._slots if name.lower() == named), None) if found else None
        judged = self._writer.judged(said if charter else sentence, self._sources, charter, tally)
        if judged is None:
            return False
        about = self._all[judged.numbers[0]].charter if judged.numbers else charter
        if judged.refusal is None and about not in self._slots:
            judged = replace(judged, refusal="een stad die niet in het antwoord staat")
        if judged.refusal is None and about in self._drafts and self._answer.kind == "collection":
            judged = replace(judged, refusal="een tweede zin over dezelfde stad")
        if judged.refusal is None and about is not None:
            start, end = self._slots[about]
            draft = self._drafts.get(about) or Draft(pieces_of(self._answer.answer[start:end], (about,)))
            gone = draft.giving_way(judged.numbers)
            judged = replace(judged, refusal=left_out(judged.text, gone, self._writer.names, about))
            if judged.refusal is None:
                draft.keep(judged.text, judged.numbers)
                self._drafts[about] = draft
                tally.heard.append(_heard(judged, "kept", self._all))
                return True
        tally.heard.append(_heard(judged, "replaced" if about in self._slots else "dropped", self._all))
        return False

    def answer(self, tally: Tally) -> Answer:
        """Return the computed answer with the written statements in their places."""
        said = self._answer.answer
        for charter, (start, end) in sorted(self._slots.items(), key=lambda one: -one[1][0]):
            if charter in self._drafts:
                said = f"{said[:start]}{self._stated(charter)}{said[end:]}"
        return _by_model(self._answer, said, self._citations, tally, self._writer.model.name)

    def _stated(self, charter: str) -> str:
        draft = self._drafts[charter]
        if self._answer.kind == "compare":
            return f"{charter}: {joined(draft.parts, self._all, (charter,), labelled=False)}"
        (part,) = [part for part in draft.parts if part.written]
        item = next(item for item in self._answer.items if item.charter == charter)
        return f"{charter} – {part.text.rstrip('.')} {''.join(f'[{n}]' for n in item.citations)}"


def says(text: str, asked: Asked) -> bool:
    """Say whether a sentence of the source may hold what is asked; where a number or date is asked, it must have one.

    What may hold it stays in a written answer: the model may have taken the wrong number, and the reader can see that.
    """
    kinds = _ANSWERS.get(asked)
    return kinds is None or any(fact.kind in kinds for fact in facts(text))


def left_out(text: str, sources: Sequence[Part], names: Names, own: str) -> str | None:
    """Say which number, date or name a written sentence leaves out of what it would take the place of, if it does.

    Any of them may be what is asked; ``own`` is the charter's name, which goes without saying.
    """
    told, said = facts(text), set(words(text))
    unsaid = set(words(own))
    for part in sources:
        held = _ENUMERATED.sub("", part.text)
        lost = next((fact.written.strip(" .") for fact in facts(held) if not supported(fact, told)), None)
        lost = lost or next((one for one in proper_names(held, names) if not set(words(one)) <= said | unsaid), None)
        if lost is not None:
            return f"zonder ‘{lost}’"
    return None


def slots(answer: Answer) -> dict[str, tuple[int, int]]:
    """Return where in the text of a list or comparison each charter's statement stands, name and markers included."""
    found: dict[str, tuple[int, int]] = {}
    position = 0
    dividers = (" – ", " [") if answer.kind == "collection" else (": ",)  # a list of names alone has only markers
    for item in (item for item in answer.items if item.verdict == "yes" and item.citations):
        starts = (answer.answer.find(f"{item.charter}{divider}", position) for divider in dividers)
        start = next((one for one in starts if one >= 0), -1)
        marker = f"[{item.citations[-1]}]"
        end = answer.answer.find(marker, start) + len(marker)
        if 0 <= start < end:
            found[item.charter] = (start, end)
            position = end
    return found


def _heard(judged: Judged, fate: Fate, sources: Mapping[int, Source]) -> Heard:
    return Heard(judged.text, tuple(sources[n] for n in judged.numbers), fate, judged.refusal)


def _by_model(answer: Answer, said: str, cited: tuple[Citation, ...], tally: Tally, model: str) -> Answer:
    return replace(answer, answer=said, citations=cited, mode="llm", model=model, written=tally.count)


def _concluded(extractive: Answer, last: Answer, tally: Tally, model: str) -> Answer:
    """Return the last answer with a note on what became of the model's sentences, or the extractive one."""
    count = tally.count
    refused = count.replaced + count.dropped
    if not tally.kept:
        said = f"Taalmodel {model} schreef niets dat te controleren was" if not refused else ""
        said = said or f"Geen zin van taalmodel {model} doorstond de controle ({tally.reasons})"
        said = f"Taalmodel {model} vond het antwoord niet in de bronnen" if tally.no_answer else said
        return replace(_with_note(extractive, f"{said}. Dit zijn zinnen uit de bron."), written=count)
    if not refused:
        return replace(last, written=count)
    parts = [f"{count.replaced} vervangen door de bron" if count.replaced else ""]
    parts += [f"{count.dropped} geschrapt" if count.dropped else ""]
    said = f"{count.kept} gecontroleerd, {', '.join(filter(None, parts))}"
    note = f"Van de zinnen van het taalmodel: {said} ({tally.reasons})."
    return replace(_with_note(last, note), written=count)


def _excuse(error: LanguageModelError) -> str:
    """Why nothing was written; short where no server is the ordinary state of things: it stands under every answer."""
    if isinstance(error, NoServerError):
        return "Er is geen taalmodelserver gevonden."
    return f"{'. '.join(filter(None, (error.found, error.remedy)))}. Dit zijn zinnen uit de bron."


def _with_note(answer: Answer, note: str) -> Answer:
    return replace(answer, notes=(*answer.notes, note))


def _timed(answer: Answer, started: float, writing: bool = False) -> Answer:
    spent = round((time.perf_counter() - started) * 1000, 1)
    timings = {**answer.timings_ms, "written": spent}
    return replace(answer, timings_ms=timings, writing=writing)
