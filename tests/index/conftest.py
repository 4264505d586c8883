import pytest

from index.update import update_index

FIETS = """# Fietsplan

## Stallingen

De gemeente bouwt in 2031 een stalling met 4.200 plaatsen bij het station. De stalling is gratis.

## Paden

Het rijk betaalt geen nieuwe fietspaden. De provincie legt langs het kanaal een pad van 4.2 kilometer aan.
"""
BOMEN = """# Bomenplan

## Onderhoud

De gemeente snoeit de iepen elk voorjaar. Zieke iepen worden niet herplant.
"""


class Seen:
    """Keeps the steps that an update reports."""

    def __init__(self):
        self.steps, self.embedded = [], 0

    def step(self, text):
        self.steps.append(text)

    def advance(self, done, total):
        self.embedded = done


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "fiets.md").write_text(FIETS)
    (folder / "bomen.md").write_text(BOMEN)
    return folder


@pytest.fixture
def update(encoder):
    """Updates an index with the real model; returns what was done and what was reported."""

    def run(corpus, folder, rebuild=False):
        seen = Seen()
        return update_index([corpus], folder, encoder.name, lambda: encoder, seen, rebuild), seen

    return run


@pytest.fixture
def built(corpus, update, tmp_path):
    folder = tmp_path / "index"
    update(corpus, folder)
    return folder
