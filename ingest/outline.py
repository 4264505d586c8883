"""Make ``corpus/netherlands.json``, the outline of the map: ``python -m ingest.outline COUNTRIES.json OUT.json``.

COUNTRIES.json is ``countries-10m.json`` of the npm package ``world-atlas`` 2.0.2 (``npm pack world-atlas@2.0.2``): the
Natural Earth countries at 1:10 million, made with Natural Earth 4.1.0, in the public domain
(https://www.naturalearthdata.com/about/terms-of-use/). Of country 528 (ISO 3166, the Netherlands) the rings in Europe
are kept, in degrees, rounded and thinned to what shows at the size of a hand.
"""

import json
import sys
from pathlib import Path
from typing import Any

COUNTRY = "528"
EUROPE = (3.0, 50.5, 7.5, 54.0)  # west, south, east, north
SMALLEST = 0.004  # square degrees: smaller islands are dots
TOLERANCE = 0.006  # degrees
Point = tuple[float, float]


def rings_of(topology: dict[str, Any], country: str = COUNTRY) -> list[list[Point]]:
    """Return the rings of a country in Europe, thinned, from a topology (https://github.com/topojson)."""
    arcs = [_decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    shape = next(one for one in topology["objects"]["countries"]["geometries"] if one.get("id") == country)
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    rings = [_joined(ring, arcs) for polygon in polygons for ring in polygon]
    west, south, east, north = EUROPE
    kept = [r for r in rings if all(west < x < east and south < y < north for x, y in r) and _area(r) > SMALLEST]
    return [[(round(x, 3), round(y, 3)) for x, y in _thinned(ring)] for ring in sorted(kept, key=_area, reverse=True)]


def _decoded(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    out: list[Point] = []
    x = y = 0
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        out.append((x * kx + dx, y * ky + dy))
    return out


def _joined(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    out: list[Point] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        out.extend(arc[1:] if out else arc)
    return out


def _area(ring: list[Point]) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def _thinned(ring: list[Point]) -> list[Point]:
    """Thin a closed ring (Douglas and Peucker, 1973), in two halves because its ends meet."""
    half = len(ring) // 2
    return _thin(ring[: half + 1])[:-1] + _thin(ring[half:])


def _thin(line: list[Point]) -> list[Point]:
    if len(line) < 3:
        return line
    (x1, y1), (x2, y2) = line[0], line[-1]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1e-9
    off = [abs((y2 - y1) * x - (x2 - x1) * y + x2 * y1 - y2 * x1) / length for x, y in line]
    far = max(range(len(line)), key=off.__getitem__)
    if off[far] < TOLERANCE:
        return [line[0], line[-1]]
    return _thin(line[: far + 1])[:-1] + _thin(line[far:])


def main() -> None:
    """Write the outline."""
    source, target = map(Path, sys.argv[1:])
    made = {
        "source": "Natural Earth 1:10m (public domain), world-atlas 2.0.2, country 528",
        "made by": "python -m ingest.outline",
        "rings": rings_of(json.loads(source.read_text(encoding="utf-8"))),
    }
    target.write_text(json.dumps(made, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
