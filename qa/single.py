"""One answer from the source's own sentences, or an honest "that is not in it"."""

from dataclasses import replace

from index.search import Hit, Query, Searcher
from qa.certainty import agreed, certainty
from qa.compose import Citations, choose, in_reading_order, prose, with_lists
from qa.evidence import Evidence, evidence
from qa.followup import nameless
from qa.model import Answer, retrieved
from qa.question import Asked, Question
from qa.reading import read_all
from qa.settings import Settings
from qa.signing import signing

RETRIEVED = 50  # passages reported as ``retrieved``
READ = 12  # passages whose sentences are weighed
MOST_SENTENCES = 5
MARGIN = 4.0  # how far under the best sentence another may score; with 5, answers were longer and hardly more complete
DIRECT: tuple[Asked, ...] = ("number", "amount", "date", "person")
WORDS: dict[Asked, float] = {"list": 2.0, "explain": 1.5}  # times the usual length


def answer_single(question: Question, query: Query, searcher: Searcher, settings: Settings) -> Answer:
    """Answer with the sentences that prove it most, refuse where even the best prove too little."""
    mask = searcher.mask(question.scope, question.only)
    hits = searcher.search(query, mask, RETRIEVED)
    ranked = evidence(question, query, hits[:READ], searcher)
    signed = signing(question, searcher)
    sure = 1.0 if signed else certainty(question, ranked, hits, searcher, mask)
    if not signed and whether_said(question, searcher):
        sure = agreed(sure, said_beside_others(question, searcher))
    answer = Answer(
        question=question.text,
        kind="single",
        answer="",
        refused=sure < settings.refusal_threshold or not (ranked or signed),
        citations=(),
        retrieved=tuple(retrieved(hit) for hit in _proving_first(hits, ranked)),
        confidence=sure,
        notes=notes(question),
        searched=question.scope,
    )
    if answer.refused:
        return refusal(answer, question, ranked, query, searcher, settings)
    citations = Citations(searcher.index.documents)
    said = prose(signed or _chosen(question, ranked, settings), citations)
    return replace(answer, answer=said, citations=tuple(citations.made))


def whether_said(question: Question, searcher: Searcher) -> bool:
    """Whether it is asked if one charter, of several, says a thing at all ("Doet Arnhem mee aan …?")."""
    return question.asked == "yesno" and len(question.scope) == 1 and len(searcher.index.charters) > 1


def said_beside_others(question: Question, searcher: Searcher) -> float:
    """Return the probability that the charter asked about says it, as in a list over all charters.

    How others say it shows what it looks like where it is said, which no sentence of one charter can show. All are read
    with the same words, so that none has its own name before it.
    """
    index = searcher.index
    text = nameless(question.search, index.charters)
    of_all = replace(question, text=text, search=text, charters=(), within=())
    readings = read_all(of_all, searcher.query(text), searcher, tuple(charter.name for charter in index.charters))[1]
    return next(reading.sure for reading in readings if reading.charter in question.scope)


def _proving_first(hits: list[Hit], ranked: list[Evidence]) -> list[Hit]:
    """The passages as found, but first the one whose sentence proves the answer best."""
    best = ranked[0].hit.row if ranked else -1
    return sorted(hits, key=lambda hit: hit.row != best)


def _chosen(question: Question, ranked: list[Evidence], settings: Settings) -> list[Evidence]:
    budget = round(settings.answer_words * WORDS.get(question.asked, 1.0))
    chosen = choose(ranked, budget, MOST_SENTENCES, MARGIN)
    if question.asked not in DIRECT:  # a number, date or name comes first; an explanation reads in its own order
        chosen = in_reading_order(with_lists(chosen, ranked, budget))
    return chosen


def refusal(
    answer: Answer,
    question: Question,
    ranked: list[Evidence],
    query: Query,
    searcher: Searcher,
    settings: Settings,
) -> Answer:
    """Say that the corpus does not hold the answer, what comes nearest, and whether another charter does say it.

    What the answer says already, that it is not there, comes first.
    """
    citations = Citations(searcher.index.documents)
    parts = [answer.answer or f"Dat staat niet in {_where(question, searcher)}."]
    if ranked and ranked[0].feature("coverage_passage") > 0:  # where no word of the subject stands, nothing is near
        nearest = citations.cite(ranked[0])
        parts.append(f"Het dichtst in de buurt komt: “{shortened(ranked[0].sentence.text)}” [{nearest.n}]")
    else:
        parts.append("Er is niets gevonden dat in de buurt komt.")
    elsewhere = _elsewhere(question, query, searcher, settings) if question.scope else None
    if elsewhere is not None:
        made = citations.cite(elsewhere)
        parts.append(
            f"In {question.unit.of([elsewhere.hit.passage.charter])} staat er wel iets over: "
            f"“{shortened(elsewhere.sentence.text)}” [{made.n}]"
        )
    return replace(answer, answer=" ".join(parts), citations=tuple(citations.made))


def _where(question: Question, searcher: Searcher) -> str:
    scope = question.scope
    if not scope:
        total = len(searcher.index.charters)
        return f"de {total} doorzochte {question.unit.many}" if total > 1 else f"het doorzochte {question.unit.one}"
    return question.unit.of(scope)


def _elsewhere(question: Question, query: Query, searcher: Searcher, settings: Settings) -> Evidence | None:
    """The best sentence of another charter, where it answers the question with certainty."""
    others = tuple(charter.name for charter in searcher.index.charters if charter.name not in question.scope)
    if not others:
        return None
    mask = searcher.mask(others, question.only)
    hits = searcher.search(query, mask, READ)
    ranked = evidence(question, query, hits, searcher)
    sure = certainty(question, ranked, hits, searcher, mask)
    return ranked[0] if ranked and sure >= max(0.8, settings.refusal_threshold) else None


def notes(question: Question) -> tuple[str, ...]:
    """Return what the user should know of how the question was understood."""
    out = [f"‘{written}’ is gelezen als ‘{meant}’." for written, meant in question.corrections]
    if question.within:
        out.append(f"Alleen gezocht in: {', '.join(question.within)}.")
    if question.only:
        out.append(f"Alleen uitspraken over de partij: {question.only}.")
    return tuple(out)


def shortened(text: str, limit: int = 40) -> str:
    """Return the first ``limit`` words of a text."""
    pieces = text.split()
    return text if len(pieces) <= limit else " ".join(pieces[:limit]) + " …"
