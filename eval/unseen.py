"""``python -m eval.unseen OUT [README]``: what tuning does to text that it has never seen.

The documents in ``eval/second`` have nothing to do with cities or charters, and no question on them was trained on.
They are searched and answered by the model as the package has it, without a reader, and by the system as it ships.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.gold import read_gold
from eval.program import program
from eval.rivals import Rival
from eval.variants import ANSWERS, RETRIEVAL, engine_on, measure, paired, record, source_of, whole
from index.encoder import PACKAGED, PackagedEncoder
from index.reader import open_reader
from index.weights import packaged_e5, plain_e5
from ingest.errors import UsageError
from qa.engine import Engine
from qa.settings import Settings, load_settings

SECOND = Path(__file__).parent / "second"
DOCUMENTS, GOLD = SECOND / "documents", SECOND / "gold.jsonl"


def systems(settings: Settings, out: Path) -> Iterator[tuple[Rival, Engine]]:
    """Yield the two systems with their engines; their indexes lie in ``out``.

    Both run as graphs, so that tuning alone is what differs.
    """
    cache = settings.cache_dir
    plain = engine_on([DOCUMENTS], out / "index-plain", PackagedEncoder(plain_e5(cache)), settings)
    yield whole("plain model", "niet bijgesteld", plain), plain
    encoder = PackagedEncoder(packaged_e5(cache))
    shipped = engine_on([DOCUMENTS], out / "index", encoder, settings, open_reader(PACKAGED, cache))
    yield whole("as shipped", "zoals geleverd", shipped), shipped


def main(arguments: Sequence[str]) -> None:
    """Measure both systems, and write the table into the README that is named."""
    if len(arguments) not in (1, 2):
        raise UsageError("Verkeerd aantal argumenten", "python -m eval.unseen MAP [README.md]")
    out, *readme = map(Path, arguments)
    settings = load_settings()
    runs = []
    for rival, engine in systems(settings, out):
        source = source_of(engine)
        runs.append(measure(rival, read_gold([GOLD], source), source, out, settings))
    for path in readme:
        record(path, "unseen", paired(runs, (*RETRIEVAL, *ANSWERS)))


if __name__ == "__main__":
    program(main)
