"""Every wrong answer: the step at which it went wrong, and what one needs to see why, as HTML."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from eval.gold import GoldQuestion
from eval.metrics import citations, items, refused, stated_nuggets, text_of
from eval.run import Result

CAUSES = {
    "failed": "het systeem gaf een fout",
    "not refused": "had moeten weigeren",
    "refused": "ten onrechte geweigerd",
    "not found": "het bewijs is niet gevonden",
    "not cited": "het bewijs is gevonden, maar niet geciteerd",
    "not said": "het bewijs is geciteerd, maar het antwoord mist iets",
    "list": "een of meer steden verkeerd",
}
TYPES = {
    "number": "getal",
    "person": "persoon",
    "date": "datum",
    "place": "plaats",
    "list": "opsomming",
    "fact": "feit",
    "explain": "uitleg",
    "compare": "vergelijking",
    "yesno": "ja of nee",
    "unanswerable": "onbeantwoordbaar",
    "aggregate": "alle charters",
}
STYLES = {
    "paraphrase": "in andere woorden",
    "lexical": "in woorden van het charter",
    "keywords": "trefwoorden",
    "typo": "met tikfouten",
    "wijknaam": "alleen de wijk genoemd",
    "geen-plaats": "geen plaats genoemd",
}


def cause_of(result: Result) -> str | None:
    """Return the first step that went wrong with a question (a key of CAUSES), or None when it went well."""
    figures, answer = result.figures, result.answer or {}
    if result.error or result.answer is None:
        return "failed"
    if not result.question.answerable:
        return None if refused(answer) else "not refused"
    if result.question.roll is not None:
        return None if figures["exact"] else "list"
    if figures["correct"]:
        return None
    if refused(answer):
        return "refused"
    if figures["cite_precision"]:
        return "not said"
    return "not cited" if figures["mrr"] else "not found"


def anchor(cause: str) -> str:
    """Return the name of the place on the page where the answers that are wrong for this cause begin."""
    return f"fout-{cause.replace(' ', '-')}"


def mistakes(results: Iterable[Result]) -> str:
    """Return every wrong answer as HTML that opens at a click, cause by cause."""
    found: dict[str, list[Result]] = {cause: [] for cause in CAUSES}
    for result in results:
        if cause := cause_of(result):
            found[cause].append(result)
    return "".join(
        f"<h3 id={anchor(cause)}>{escape(CAUSES[cause])} <small>{len(some)}</small></h3>{''.join(map(_mistake, some))}"
        for cause, some in found.items()
        if some
    )


def _mistake(result: Result) -> str:
    question, answer = result.question, result.answer or {}
    said = text_of(answer) or (f"fout: {result.error}" if result.error else "(niets)")
    return (
        f"<details class=wrong><summary><span class=tag>{escape(TYPES.get(question.type, question.type))}</span>"
        f"<span>{escape(question.question)}</span></summary><dl>"
        f"<dt>vraag</dt><dd><code>{escape(question.id)}</code> {escape(_about(question))}</dd>"
        f"{_follows(question, answer)}<dt>goud</dt><dd>{escape(question.answer)}{_nuggets(question, answer)}</dd>"
        f"<dt>gezegd</dt><dd class=said>{escape(said)}</dd>"
        f"{_cities(result)}<dt>bewijs</dt><dd>{_rank(result)}{_evidence(question)}</dd>"
        f"<dt>geciteerd</dt><dd>{_citations(answer)}</dd>{_judged(result)}</dl></details>"
    )


def _follows(question: GoldQuestion, answer: Mapping[str, Any]) -> str:
    if not question.previous:
        return ""
    read = str(answer.get("understood") or question.question)
    return (
        f"<dt>ervoor</dt><dd>{escape(question.previous)}</dd>"
        f"<dt>gelezen</dt><dd>{escape(read)} <span class=where>bedoeld: {escape(question.standalone)}</span></dd>"
    )


def _judged(result: Result) -> str:
    if result.judgement is None:
        return ""
    said = {True: "goed", False: "fout", None: "geen oordeel"}[result.judgement.correct]
    return f"<dt>tweede oordeel</dt><dd>{said}: {escape(result.judgement.reason)}</dd>"


def _about(question: GoldQuestion) -> str:
    parts = (
        TYPES.get(question.type, question.type),
        STYLES.get(question.style, question.style),
        ", ".join(question.charters),
    )
    return " · ".join(part for part in parts if part)


def _nuggets(question: GoldQuestion, answer: Mapping[str, Any]) -> str:
    pairs = zip(question.nuggets, stated_nuggets(question, answer), strict=True)
    shown = (f"<li class={'has' if has else 'lacks'}>{escape(' / '.join(v))}</li>" for v, has in pairs)
    return f"<ul class=nuggets>{''.join(shown)}</ul>" if question.nuggets else ""


def _cities(result: Result) -> str:
    if result.question.roll is None:
        return ""
    said = {str(item.get("charter")): str(item.get("verdict")) for item in items(result.answer or {})}
    wrong = [
        f"{city}: {said.get(city, 'ontbreekt')}, moet zijn {label}"
        for city, label in result.question.roll.items.items()
        if label != "deels" and (label == "ja") != (said.get(city) == "yes")
    ]
    return f"<dt>steden</dt><dd>{escape('; '.join(wrong))}</dd>"


def _rank(result: Result) -> str:
    if not result.question.evidence:
        return "er is geen bewijs; weigeren was goed"
    rank = result.figures.get("mrr")
    shown = f"gevonden op plaats {round(1 / rank)}" if rank else "niet bij de gevonden passages"
    legs = ", ".join(f"{name} {place or '–'}" for name, place in result.ranks.items())
    return f"{shown} <span class=ranks>({escape(legs)})</span>" if legs else shown


def _evidence(question: GoldQuestion) -> str:
    shown = (f"<li>{_lines(e.start, e.end, e.charter)} “{escape(e.quote)}”</li>" for e in question.evidence)
    return f"<ul>{''.join(shown)}</ul>" if question.evidence else ""


def _citations(answer: Mapping[str, Any]) -> str:
    return f"<ul>{''.join(map(_citation, citations(answer)))}</ul>" if citations(answer) else "niets"


def _citation(cited: Mapping[str, Any]) -> str:
    where = _lines(cited.get("start_line"), cited.get("end_line"), cited.get("charter"))
    return f"<li>{where} “{escape(str(cited.get('quote')))}”</li>"


def _lines(start: object, end: object, charter: object) -> str:
    where = f"regel {start}" if start == end else f"regel {start}–{end}"
    return f"<span class=where>{escape(f'{charter}, {where}' if charter else where)}</span>"
