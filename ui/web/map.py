"""A map of the charters' cities, coloured by verdict: own drawing, no tiles, no network."""

import math
from collections.abc import Iterable

from ingest.atlas import Atlas, Place, Ring
from qa.model import Status, Verdict
from ui.web.markup import VERDICTS, text, verdict

_WIDTH = 400.0
_MARGIN = 20.0
_RADIUS = 6.0
_LABEL = {"right": (10, 4, "start"), "left": (-10, 4, "end"), "above": (0, -10, "middle"), "below": (0, 18, "middle")}


class Projection:
    """Degrees to the drawing: true to scale at the middle latitude (equirectangular)."""

    def __init__(self, rings: Iterable[Ring], width: float = _WIDTH) -> None:
        points = [point for ring in rings for point in ring]
        longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
        self._west, self._north = min(longitudes), max(latitudes)
        self._squeeze = math.cos(math.radians((min(latitudes) + self._north) / 2))
        self._scale = (width - 2 * _MARGIN) / ((max(longitudes) - self._west) * self._squeeze)
        self.height = (self._north - min(latitudes)) * self._scale + 2 * _MARGIN

    def __call__(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return the point (x, y) of a place."""
        x = (longitude - self._west) * self._squeeze * self._scale + _MARGIN
        return round(x, 1), round((self._north - latitude) * self._scale + _MARGIN, 1)


def map_html(items: Iterable[Verdict], atlas: Atlas, turn: int) -> str:
    """Return the map; empty for a corpus without an outline. Each city leads to its row in the table."""
    if not atlas.rings or not atlas.places:
        return ""
    project = Projection(atlas.rings)
    land = "".join(f"M{'L'.join(f'{x} {y}' for x, y in (project(*point) for point in ring))}Z" for ring in atlas.rings)
    cities = "".join(
        _city(item, place, project(place.longitude, place.latitude), turn)
        for item in items
        if (place := atlas.place(item.charter))
    )
    return (
        '<figure class="kaart"><svg role="group" aria-label="Kaart met het oordeel per stad" '
        f'viewBox="0 0 {_WIDTH:.0f} {project.height:.0f}"><path class="land" d="{land}"/>{cities}</svg>'
        f'<figcaption class="stil">{" ".join(map(verdict, VERDICTS))} Kies een stad om naar haar rij te gaan. '
        "Omtrek: Natural Earth.</figcaption></figure>"
    )


def _city(item: Verdict, place: Place, at: tuple[float, float], turn: int) -> str:
    x, y = at
    dx, dy, anchor = _LABEL[place.label]
    name = text(item.charter)
    return (
        f'<a href="#kaart" data-stad="{name}" data-beurt="{turn}" class="stip stip-{item.verdict}" '
        f'aria-label="{name}: {VERDICTS[item.verdict]}">{_dot(item.verdict, x, y)}'
        f'<text x="{x + dx}" y="{y + dy}" text-anchor="{anchor}" aria-hidden="true">{name}</text></a>'
    )


def _dot(status: Status, x: float, y: float) -> str:
    circle = f'<circle cx="{x}" cy="{y}" r="{_RADIUS}"/>'
    if status != "partly":
        return circle
    return circle + f'<path class="half" d="M{x} {y - _RADIUS}A{_RADIUS} {_RADIUS} 0 0 0 {x} {y + _RADIUS}Z"/>'
