"""The report of a run: one HTML file in Dutch, for a policy officer and an engineer alike.

First how often the system is right and whether it says so when it does not know, then the plots, then every
wrong answer with the gold, what was said, and at what rank the evidence was. The file needs nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from eval import charts
from eval.calibrate import Choice, cost, points, thresholds
from eval.compare import Comparison, Difference, surely_differs
from eval.gold import GoldQuestion
from eval.legs import FINAL
from eval.metrics import RECALL_AT, items
from eval.mistakes import CAUSES, STYLES, TYPES, anchor, cause_of, mistakes
from eval.run import Result, Run, judged_agreement
from eval.summary import (
    ALL,
    CHECKS,
    NAMES,
    SLICES,
    Estimate,
    decimal,
    estimate,
    estimates,
    figure,
    groups,
    means,
    percentile,
    slices,
)  # fmt: skip

STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
MEANING = {
    "correct": "alles staat erin, niet geweigerd, en een citaat raakt het bewijs",
    "nugget_recall": "deel van wat een goed antwoord moet bevatten",
    "cite_recall": "deel van het bewijs dat is geciteerd",
    "cite_precision": "deel van de citaten dat bewijs is (ondergrens)",
    "refused_unanswerable": "onbeantwoordbare vragen terecht geweigerd",
    "false_refusal": "beantwoordbare vragen ten onrechte geweigerd",
    "refusal_precision": "weigeringen die terecht waren",
    "precision": "deel van de genoemde steden dat klopt",
    "recall": "deel van de juiste steden dat is genoemd",
    "f1": "precisie en volledigheid samen",
    "exact": "lijsten zonder één fout",
    "list_cited": "juiste steden met een citaat dat het bewijst",
    "list_value": "juiste steden met de juiste waarde erbij",
    "list_count": "gevraagd aantal juist genoemd",
    "mrr": "gemiddelde van 1 / rang van het eerste bewijs",
    "alce_recall": "uitspraken die hun citaten dragen",
    "alce_precision": "citaten die hun uitspraak dragen",
    "verbatim": "citaten die letterlijk in de bron staan",
    "words": "lengte van het antwoord in woorden",
} | {f"recall@{k}": f"bewijs bij de eerste {k} passages" if k > 1 else "bewijs in de eerste passage" for k in RECALL_AT}
SHORT = {
    "correct": "goed",
    "refused_unanswerable": "terecht geweigerd",
    "false_refusal": "ten onrechte geweigerd",
    "f1": "lijsten, F1",
    "exact": "lijsten foutloos",
}
ANCHORS = {
    "Waar het misgaat": "oorzaken",
    "Vindt het systeem het bewijs?": "zoeken",
    "Goed per soort vraag": "soorten",
    "Weigeren": "weigeren",
    "Vragen over alle charters": "lijsten",
    "Elk fout antwoord": "fouten",
}
NAVIGATION = f"<nav>{''.join(f'<a href=#{anchor}>{title}</a>' for title, anchor in ANCHORS.items())}</nav>"
CELLS = {
    ("ja", "yes"): ("●", "right", "terecht genoemd"),
    ("ja", "no"): ("○", "missed", "gemist"),
    ("nee", "yes"): ("✕", "false", "ten onrechte genoemd"),
    ("nee", "no"): ("·", "calm", "terecht niet genoemd"),
}


def write_report(path: Path, run: Run, comparison: Comparison | None = None, others: Sequence[Run] = ()) -> None:
    """Write the report of ``run``: with a comparison also what changed, with other runs a table of all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(run, comparison, others), encoding="utf-8")


def page(run: Run, comparison: Comparison | None = None, others: Sequence[Run] = ()) -> str:
    """Return the report as HTML."""
    parts = groups(run.results)
    single, collection = parts.get("single", []), parts.get("collection", [])
    body = [
        _head(run),
        _cards(single, collection),
        NAVIGATION,
        _section("Naast andere systemen", _systems(run, others), OTHERS) if others else "",
        _section("Wat er veranderde", _comparison(comparison)) if comparison else "",
        _section("Waar het misgaat", _causes(run.results), "Elke foute vraag telt bij de eerste stap die misging."),
        _section("Vindt het systeem het bewijs?", _recall(single), LEGS),
        _section("Goed per soort vraag", _by("type", single), INTERVALS),
        _section("Goed per vraagstijl", _by("style", single)),
        _section("Goed per charter", _by("charter", single)),
        _section("Weigeren", _refusals(single), REFUSALS),
        _section("Hoe lang duurt het?", _latency(parts), "Eén stip is één vraag; p95: de traagste 5% duurt langer."),
        _section("Vragen over alle charters", _matrix(collection), LEGEND),
        _section("Een tweede beoordelaar", _judge(run), JUDGE),
        _section("Alle maten", "".join(_figures(NAMES[group], part) for group, part in parts.items())),
        _section("Elk fout antwoord", mistakes(run.results), "Klik op een vraag voor het antwoord en het bewijs."),
    ]
    title = f"Charterwijzer: {run.name}"
    return (
        f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main>{''.join(body)}</main></body></html>\n"
    )


LEGS = """Losse vragen. Elke lijn is een stap van het zoeken, binnen dezelfde filters; de dikke lijn is wat het antwoord
te lezen krijgt. Meer passages lezen vindt meer."""
OTHERS = """Bovenaan het systeem zelf, dan hetzelfde zonder telkens één onderdeel, dan wat alleen zoekt: de losse
stappen en andere systemen. Gekleurd: het verschil met de bovenste rij is meer dan toeval (gepaard, 95%)."""
JUDGE = "Een taalmodel las vraag, goud en antwoord. De score hierboven komt er niet van; dit toetst haar."
INTERVALS = (
    "Van 0 tot 100%. Balk: 95%-interval (Wilson). Overlappen twee balken sterk, dan kan het verschil toeval zijn."
)
REFUSALS = """Linksboven is het best: alles weigeren wat niet in de charters staat, en niets anders. De lijn
laat zien wat een andere drempel zou doen. De tabel: de beste drempel bij hoogstens zoveel onterechte weigeringen, en
hoeveel goede antwoorden die inhoudt."""
LEGEND = """● terecht genoemd · ○ gemist · ✕ ten onrechte genoemd · ◐ beide is goed · punt: terecht
niet genoemd. Ga met de muis over een vakje voor wat het systeem zei."""


# The first screen


def _head(run: Run) -> str:
    info = run.info
    versions = ", ".join(f"{name} {found}" for name, found in info.get("versions", {}).items())
    about = [
        _moment(str(info.get("started") or "")),
        f"{len(run.results)} vragen",
        f"versie {info.get('commit')}",
        info.get("machine"),
    ]
    settings = {k: v for k, v in info.items() if k not in {"name", "started", "commit", "machine", "versions"}}
    return (
        f"<header><p class=kicker>Charterwijzer · meting</p><h1>{escape(run.name)}</h1>"
        f"<p class=about>{escape(' · '.join(str(part) for part in about if part))}</p>"
        f"<details><summary>Instellingen en versies</summary><p class=about>{escape(versions)}</p>"
        f"{_pairs(settings)}</details></header>"
    )


def _moment(started: str) -> str:
    try:
        return datetime.fromisoformat(started).strftime("%d-%m-%Y, %H.%M uur")
    except ValueError:
        return started


def _pairs(values: Mapping[str, Any]) -> str:
    rows = "".join(f"<tr><th>{escape(str(k))}</th><td>{escape(str(v))}</td></tr>" for k, v in values.items())
    return f"<div class=wide><table>{rows}</table></div>"


def _section(title: str, content: str, note: str = "") -> str:
    anchor = f" id={ANCHORS[title]}" if title in ANCHORS else ""
    return (
        f"<section{anchor}><h2>{escape(title)}</h2><p class=note>{escape(note)}</p>{content}</section>"
        if content
        else ""
    )


def _cards(single: Sequence[Result], collection: Sequence[Result]) -> str:
    wanted = (
        (single, "correct", "goed beantwoord", "losse vragen met een antwoord in de charters"),
        (single, "recall@5", "bewijs gevonden", "bij de eerste vijf passages"),
        (
            single,
            "refused_unanswerable",
            "terecht geweigerd",
            "vragen waarop de charters geen antwoord geven",
        ),
        (single, "false_refusal", "ten onrechte geweigerd", "vragen waarop ze dat wel geven"),
        (collection, "f1", "steden juist", "F1 van de lijsten over alle charters"),
        (collection, "exact", "lijsten foutloos", "geen stad te veel of te weinig"),
        ([*single, *collection], "verbatim", "citaten letterlijk", "moet altijd 100% zijn"),
    )
    return f"<div class=cards>{''.join(_card(*row) for row in wanted)}{_speed(single or collection)}</div>"


def _speed(part: Sequence[Result]) -> str:
    spent = [(result.answer or {}).get("timings_ms", {}).get("total") for result in part]
    known = [float(value) for value in spent if value is not None]
    if not known:
        return ""
    middle, slow = (charts.duration(percentile(known, share)) for share in (0.5, 0.95))
    return (
        f"<div class=card><b>{middle}</b><strong>per vraag</strong><span>mediaan van het hele antwoord</span>"
        f"<small>de traagste 5% meer dan {slow}, n = {len(known)}</small></div>"
    )


def _card(part: Sequence[Result], name: str, what: str, note: str) -> str:
    values = figure(part, name)
    if not values:
        return ""
    found = estimate(values)
    between = f"tussen {charts.percent(found.low)} en {charts.percent(found.high)}, n = {found.n}"
    if name == "verbatim":
        between = f"n = {found.n}"
    return (
        f"<div class=card><b>{charts.percent(found.mean)}</b><strong>{escape(what)}</strong>"
        f"<span>{escape(note)}</span><small>{escape(between)}</small></div>"
    )


# Plots


def _recall(single: Sequence[Result]) -> str:
    asked = [result for result in single if "mrr" in result.figures]
    if not asked:
        return ""
    legs: dict[str, list[int | None]] = {}
    for result in asked:
        for name, rank in result.ranks.items():
            legs.setdefault(name, []).append(rank)
    legs[FINAL] = [round(1 / r.figures["mrr"]) if r.figures["mrr"] else None for r in asked]
    return charts.recall_curves({name: _curve(ranks, len(asked)) for name, ranks in legs.items()}, RECALL_AT)


def _curve(ranks: Sequence[int | None], asked: int) -> list[tuple[float, float]]:
    return [(k, sum(rank is not None and rank <= k for rank in ranks) / asked) for k in range(1, 51)]


def _by(name: str, single: Sequence[Result]) -> str:
    found = {}
    for key, part in slices(single, SLICES[name]).items():
        if values := figure(part, "correct"):
            found[(TYPES | STYLES).get(key, key)] = estimate(values)
    ordered = found if name == "charter" else dict(sorted(found.items(), key=lambda row: -row[1].mean))
    return charts.intervals(ordered, f"Goed beantwoord per {name}") if found else ""


def _refusals(single: Sequence[Result]) -> str:
    now = means(single, ("false_refusal", "refused_unanswerable"))
    if len(now) < 2:
        return ""
    some = points(single)
    choices = [cost(some, threshold) for threshold in thresholds(some)]
    curve = [(c.false_refusal, c.refused_unanswerable, c.threshold) for c in choices]
    drawn = charts.tradeoff(curve, (now["false_refusal"], now["refused_unanswerable"]))
    return f"<div class=pair><div>{drawn}</div><div>{_prices(choices)}</div></div>"


def _prices(choices: Sequence[Choice]) -> str:
    """Return what the best threshold costs for each share of wrong refusals that one may put up with."""
    rows = []
    for most in (0.05, 0.1, 0.15, 0.2, 0.3, 0.5):
        if within := [choice for choice in choices if choice.false_refusal <= most]:
            best = max(within, key=lambda choice: (choice.refused_unanswerable, -choice.false_refusal))
            cells = (
                decimal(best.threshold, ".2f"),
                charts.percent(best.refused_unanswerable),
                best.withheld,
            )
            shown = "".join(f"<td class=num>{cell}</td>" for cell in cells)
            rows.append(f"<tr><td class=num>≤ {charts.percent(most)}</td>{shown}</tr>")
    heads = "".join(f"<th>{h}</th>" for h in ("onterecht", "drempel", "terecht geweigerd", "goed, maar ingehouden"))
    return f"<table class=figures><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>" if rows else ""


def _latency(parts: Mapping[str, Sequence[Result]]) -> str:
    drawn = []
    for group, results in parts.items():
        stages: dict[str, list[float]] = {}
        for result in results:
            for stage, spent in ((result.answer or {}).get("timings_ms") or {}).items():
                stages.setdefault(stage, []).append(float(spent))
        if stages:
            drawn.append(f"<div><h3>{escape(NAMES[group])}</h3>{charts.latencies(stages)}</div>")
    return f"<div class=pair>{''.join(drawn)}</div>" if drawn else ""


def _judge(run: Run) -> str:
    found, who = judged_agreement(run.results), run.info.get("judge")
    if found is None or not isinstance(who, Mapping):
        return ""
    kappa = "niet te bepalen" if found.kappa is None else decimal(found.kappa, ".2f")
    rows = {
        "model": f"{who['model']}, digest {str(who['digest'])[:12]}, seed {who['seed']}, temperatuur 0",
        "goed volgens het model": f"{charts.percent(found.judged_correct)} van {found.n} antwoorden",
        "goed volgens de score": charts.percent(found.scored_correct),
        "het eens met de score": charts.percent(found.same),
        "kappa (Cohen)": f"{kappa}; 1 is altijd eens, 0 is toeval",
        "zonder oordeel": found.unusable,
    }
    return _pairs(rows)


def _causes(results: Sequence[Result]) -> str:
    found = Counter(cause for result in results if (cause := cause_of(result)))
    rows = {text: found[cause] for cause, text in CAUSES.items() if found[cause]}
    links = {text: anchor(cause) for cause, text in CAUSES.items()}
    return charts.bars(rows, links, "Oorzaken") if rows else "<p>Alles is goed beantwoord.</p>"


# City × topic


def _matrix(collection: Sequence[Result]) -> str:
    cities = sorted({city for one in collection if one.question.roll for city in one.question.roll.items})
    if not cities:
        return ""
    head = "".join(f"<th class=city><span>{escape(city)}</span></th>" for city in cities)
    rows = "".join(_matrix_row(result, cities) for result in collection)
    return (
        "<div class=wide><table class=matrix><thead><tr><th></th>"
        f"{head}<th>F1</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _matrix_row(result: Result, cities: Sequence[str]) -> str:
    said = {str(item.get("charter")): item for item in items(result.answer or {})}
    labels = result.question.roll.items if result.question.roll else {}
    cells = "".join(_cell(city, labels.get(city), said.get(city, {})) for city in cities)
    f1 = decimal(result.figures["f1"], ".2f")
    return f"<tr><th>{escape(result.question.question)}</th>{cells}<td class=f1>{f1}</td></tr>"


def _cell(city: str, label: str | None, item: Mapping[str, Any]) -> str:
    verdict = str(item.get("verdict") or "no")
    shown = CELLS.get((label or "", "yes" if verdict == "yes" else "no"), ("◐", "calm", "beide is goed"))
    if label is None:
        shown = ("", "calm", "niet in het goud")
    mark, kind, meaning = shown
    value = f": {item['value']}" if item.get("value") else ""
    return f'<td class={kind} title="{escape(f"{city}, {meaning} ({verdict}){value}", quote=True)}">{mark}</td>'


# Tables


def _figures(title: str, part: Sequence[Result]) -> str:
    rows = "".join(_figure(name, found) for name, found in estimates(part).items())
    heads = "<tr><th>maat</th><th>wat het is</th><th>waarde</th><th>95%-interval</th><th>vragen</th></tr>"
    table = f"<table class=figures><thead>{heads}</thead><tbody>{rows}</tbody></table>"
    return f"<h3>{escape(title)}</h3><div class=wide>{table}</div>"


def _figure(name: str, found: Estimate) -> str:
    def shown(value: float) -> str:
        return decimal(value, ".1f" if name == "words" else ".3f")

    return (
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(MEANING[name])}</td>"
        f"<td class=num>{shown(found.mean)}</td><td class=num>{shown(found.low)} – {shown(found.high)}</td>"
        f"<td class=num>{found.n}</td></tr>"
    )


SYSTEM_FIGURES = (
    *(("single", name) for name in ("correct", "recall@1", "recall@5", "recall@10", "mrr")),
    ("single", "refused_unanswerable"),
    ("single", "false_refusal"),
    ("collection", "f1"),
    ("collection", "exact"),
)


def _systems(run: Run, others: Sequence[Run]) -> str:
    head = "".join(
        f"<th title='{escape(MEANING[name])}'>{escape(SHORT.get(name, name))}</th>" for _, name in SYSTEM_FIGURES
    )
    rows = "".join(_system(other, surely_differs(run, other, SYSTEM_FIGURES)) for other in others)
    return (
        f"<div class=wide><table class=figures><thead><tr><th>systeem</th>{head}<th>p50</th></tr></thead>"
        f"<tbody>{_system(run, set(), ' class=own')}{rows}</tbody></table></div>"
    )


def _system(run: Run, differs: set[tuple[str, str]], kind: str = "") -> str:
    parts = groups(run.results)
    found = {(group, name): value for group, part in parts.items() for name, value in means(part, ALL).items()}
    row = "".join(
        f"<td class='num{' differs' if key in differs else ''}'>"
        f"{decimal(found[key], '.2f') if key in found else '–'}</td>"
        for key in SYSTEM_FIGURES
    )
    spent = [(result.answer or {}).get("timings_ms", {}).get("total") for result in run.results]
    known = [float(value) for value in spent if value is not None]
    middle = f"{percentile(known, 0.5):.0f} ms" if known else "–"
    return f"<tr{kind}><td>{escape(run.name)}</td>{row}<td class=num>{middle}</td></tr>"


def _comparison(found: Comparison) -> str:
    intro = f"Van {found.before.name} naar {found.after.name}. Vet: het interval van het verschil sluit nul uit."
    tables = (_differences(NAMES[group], rows) for group, rows in found.differences.items())
    lists = (("Beter", found.better), ("Slechter", found.worse))
    lines = [
        f"<details><summary>{name}: {len(changes)} vragen</summary><ul>"
        + "".join(f"<li>{_moved(c.question, c.name, c.before, c.after)}</li>" for c in changes)
        + "</ul></details>"
        for name, changes in lists
    ]
    return f"<p>{escape(intro)}</p>{''.join(tables)}{''.join(lines)}"


def _moved(question: GoldQuestion, name: str, before: float, after: float) -> str:
    moved = f"{name} {decimal(before, '.2f')} → {decimal(after, '.2f')}"
    return f"<code>{escape(question.id)}</code> {escape(question.question)} ({moved})"


def _differences(title: str, rows: Iterable[Difference]) -> str:
    heads = "".join(f"<th>{h}</th>" for h in ("maat", "eerst", "nu", "verschil", "95%-interval", "p (McNemar)"))
    lines = "".join(_difference(row) for row in rows if row.name not in CHECKS)
    table = f"<table class=figures><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    return f"<h3>{escape(title)}</h3><div class=wide>{table}</div>"


def _difference(row: Difference) -> str:
    found = row.difference
    cells = (
        decimal(row.before, ".3f"),
        decimal(row.after, ".3f"),
        decimal(found.mean, "+.3f"),
        f"{decimal(found.low, '+.3f')} … {decimal(found.high, '+.3f')}",
    )
    p = "" if row.p is None else decimal(row.p, ".3f")
    sure = "" if found.low <= 0 <= found.high else " class=sure"
    shown = "".join(f"<td class=num>{cell.replace('.', ',')}</td>" for cell in (*cells, p))
    return f"<tr{sure}><td><code>{escape(row.name)}</code></td>{shown}</tr>"
