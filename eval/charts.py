"""Plots as inline SVG: pure functions from numbers to text; quiet, and every label escaped."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from math import ceil, floor, log10

from eval.summary import Estimate, percentile

# Of the page, so that the drawings follow its light and dark.
INK, SOFT, LINE, ACCENT, WARN = (f"var(--{name})" for name in ("ink", "soft", "line", "accent", "warn"))
SERIES = ("var(--soft)", "var(--green)", "var(--violet)", "var(--warn)", "var(--accent)")
DASHES = ("2 5", "7 5", "1 4", "11 4", "")


def percent(value: float) -> str:
    """Return a share as people read it."""
    return f"{100 * value:.0f}%"


def label(x: float, y: float, words: object, anchor: str = "start", color: str = SOFT, size: int = 12) -> str:
    """Return a text element."""
    return (  # with a rim of the page's colour, so that it can be read across a line
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}" font-size="{size}" '
        'paint-order="stroke" stroke="var(--paper)" stroke-width="3" stroke-linejoin="round">'
        f"{escape(str(words))}</text>"
    )


def rule(x1: float, y1: float, x2: float, y2: float, color: str = LINE, width: float = 1) -> str:
    """Return a straight line."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" '
        f'stroke-width="{width}" stroke-linecap="round"/>'
    )


def dot(x: float, y: float, radius: float, color: str, title: str = "", opacity: float = 1) -> str:
    """Return a dot with a tooltip."""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{color}" fill-opacity="{opacity}">'
        f"<title>{escape(title)}</title></circle>"
    )


def svg(width: int, height: int, parts: Iterable[str], title: str) -> str:
    """Return a drawing that scales with the page and says what it is to a screen reader."""
    least = min(width, 440)  # smaller, and the words in it cannot be read: then it scrolls
    return (
        f'<div class=wide><svg viewBox="0 0 {width} {height}" style="max-width:{width}px;min-width:{least}px" '
        f'role="img" aria-label="{escape(title, quote=True)}">{"".join(parts)}</svg></div>'
    )


def recall_curves(curves: Mapping[str, Sequence[tuple[float, float]]], marks: Sequence[int]) -> str:
    """Draw recall (rank, share) for each leg on a logarithmic axis of ranks; the last one carries its values."""
    left, top, wide, high = 48, 24, 560, 260
    depth = max(curve[-1][0] for curve in curves.values())
    lowest = floor(5 * min(curve[0][1] for curve in curves.values())) / 5  # the curves rise, so here they begin

    def x(rank: float) -> float:
        return left + wide * log10(rank) / log10(depth)

    def y(value: float) -> float:
        return top + high * (1 - value) / (1 - lowest) if lowest < 1 else top

    parts = _share_axis(left, wide, y, lowest)
    *others, (last, main) = curves.items()
    for place, (name, curve) in enumerate(others):
        parts.append(_curve([(x(rank), y(value)) for rank, value in curve], place, name))
    parts.append(_curve([(x(rank), y(value)) for rank, value in main], -1, last))
    for rank, value in main:
        if rank in marks:
            parts.append(dot(x(rank), y(value), 4.5, ACCENT, f"eerste {rank}: {percent(value)}"))
            parts.append(label(x(rank) + 6, y(value) - 11, percent(value), "start" if rank == 1 else "middle", INK))
            parts.append(label(x(rank), top + high + 20, rank, "middle"))
    parts.append(label(left + wide / 2, top + high + 42, "zoveel passages van boven af", "middle"))
    drawn = svg(640, 338, parts, "Aandeel vragen met het bewijs bij de eerste k passages")
    return f"{_legend([name for name, _ in others], last) if others else ''}{drawn}"


def _curve(points: Sequence[tuple[float, float]], series: int, name: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = f' stroke-dasharray="{DASHES[series]}"' if DASHES[series] else ""
    return (
        f'<polyline points="{path}" fill="none" stroke="{SERIES[series]}" stroke-width="{1.8 if dashes else 2.8}"'
        f'{dashes} stroke-linecap="round"><title>{escape(name)}</title></polyline>'
    )


def _legend(others: Sequence[str], last: str) -> str:
    lines = "".join(
        f"<li><svg viewBox='0 0 30 10' aria-hidden=true>{_curve([(2, 5), (28, 5)], series, name)}</svg>"
        f"{escape(name)}</li>"
        for name, series in [(last, -1), *((name, place) for place, name in enumerate(others))]
    )
    return f"<ul class=legend>{lines}</ul>"


def _share_axis(left: float, wide: float, y: Callable[[float], float], lowest: float = 0) -> list[str]:
    parts = []
    for tenth in range(round(10 * lowest), 11, 2 if lowest < 0.6 else 1):
        parts.append(rule(left, y(tenth / 10), left + wide, y(tenth / 10)))
        parts.append(label(left - 8, y(tenth / 10) + 4, percent(tenth / 10), "end"))
    return parts


def intervals(rows: Mapping[str, Estimate], title: str) -> str:
    """Draw a share with its 95% interval for each row, with the value and the number of questions."""
    shown = "".join(_interval(name, found) for name, found in rows.items())
    return f'<div class=rows role=group aria-label="{escape(title, quote=True)}">{shown}</div>'


def _interval(name: str, found: Estimate) -> str:
    spread = f"{name}: {percent(found.mean)}, tussen {percent(found.low)} en {percent(found.high)}"
    asked = f"{found.n} {'vraag' if found.n == 1 else 'vragen'}"
    return (  # of the page's own elements and not a drawing, so that the words stay as large on a phone
        f'<div class=row title="{escape(spread, quote=True)}"><span>{escape(name)}</span><span class=scale>'
        f"<i class=spread style='left:{100 * found.low:.1f}%;width:{100 * (found.high - found.low):.1f}%'></i>"
        f"<i class=mean style='left:{100 * found.mean:.1f}%'></i></span>"
        f"<b>{percent(found.mean)}</b><small>{asked}</small></div>"
    )


def tradeoff(curve: Sequence[tuple[float, float, float]], now: tuple[float, float]) -> str:
    """Draw right refusals against wrong ones (points are wrong, right, threshold), and the system of now."""
    left, top, side = 48, 40, 290

    def x(value: float) -> float:
        return left + side * value

    def y(value: float) -> float:
        return top + side * (1 - value)

    parts = _share_axis(left, side, y)
    parts += [label(x(tenth / 10), top + side + 18, percent(tenth / 10), "middle") for tenth in range(0, 11, 2)]
    parts.append(label(left + side / 2, top + side + 40, "beantwoordbare vragen geweigerd (fout)", "middle"))
    parts.append(label(0, 14, "onbeantwoordbare vragen geweigerd (goed)", "start"))
    parts.append(rule(x(0), y(0), x(1), y(1)))
    path = " ".join(f"{x(wrong):.1f},{y(right):.1f}" for wrong, right, _ in curve)
    parts.append(f'<polyline points="{path}" fill="none" stroke="{ACCENT}" stroke-width="2.5"/>')
    parts += [
        dot(
            x(wrong),
            y(right),
            2,
            ACCENT,
            f"drempel {t:.3f}: {percent(right)} terecht, {percent(wrong)} onterecht",
        )
        for wrong, right, t in curve
    ]
    parts.append(dot(x(now[0]), y(now[1]), 7, WARN, f"nu: {_refusals(*now)}"))
    parts.append(label(x(now[0]) + 12, y(now[1]) + 16, "nu", "start", WARN, 13))
    return svg(360, 384, parts, "Onbeantwoordbare vragen terecht geweigerd tegen beantwoordbare onterecht")


def _refusals(wrong: float, right: float) -> str:
    return f"{percent(right)} terecht geweigerd, {percent(wrong)} onterecht"


def latencies(stages: Mapping[str, Sequence[float]]) -> str:
    """Draw every question's time for each stage on a logarithmic axis, with median and 95th percentile."""
    names, wide, step, top = 76, 320, 58, 26
    spent = [max(value, 0.1) for values in stages.values() for value in values]
    low, high = floor(log10(min(spent))), max(ceil(log10(max(spent))), floor(log10(min(spent))) + 1)

    def x(value: float) -> float:
        return names + wide * (log10(max(value, 0.1)) - low) / (high - low)

    height = top + step * len(stages) + 6
    parts = [rule(x(10**power), top - 6, x(10**power), height - 8) for power in range(low, high + 1)]
    parts += [label(x(10**power), 12, duration(10**power), "middle", size=11) for power in range(low, high + 1)]
    for place, (stage, values) in enumerate(stages.items()):
        y = top + step * place + 18
        parts.append(label(names - 14, y + 4, stage, "end", INK, 13))
        parts += [dot(x(v), y + (n * 7 % 11 - 5), 2.5, ACCENT, opacity=0.35) for n, v in enumerate(values)]
        for share, name, anchor in ((0.5, "p50", "end"), (0.95, "p95", "start")):
            at = percentile(values, share)
            parts.append(rule(x(at), y - 11, x(at), y + 11, INK, 2))
            parts.append(label(x(at), y + 26, f"{name} {duration(at)}", anchor, INK, 11))
    return svg(460, height, parts, "Tijd per stap")


def duration(ms: float) -> str:
    """Return a time in milliseconds as people read it."""
    if ms < 1000:
        return f"{ms:.2g} ms".replace(".", ",") if ms < 10 else f"{ms:.0f} ms"
    return f"{ms / 1000:.2g} s".replace(".", ",") if ms < 100_000 else f"{ms / 1000:.0f} s"


def bars(rows: Mapping[str, int], links: Mapping[str, str], title: str) -> str:
    """Draw one horizontal bar for each count; its name is a link to a place on the page."""
    most = max([*rows.values(), 1])
    shown = "".join(
        f"<div class=row><a href='#{escape(links[name], quote=True)}'>{escape(name)}</a>"
        f"<span class=bar><i style='width:calc((100% - 40px) * {count / most:.3f})'></i><b>{count}</b></span></div>"
        for name, count in rows.items()
    )
    return f'<div class="rows counts" role=group aria-label="{escape(title, quote=True)}">{shown}</div>'
