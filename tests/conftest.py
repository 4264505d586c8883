"""What many tests share: the real model and one index of the real corpus, made once and kept between sessions.

They are kept in TEST_CHARTERWIJZER_CACHE, or else in the user's cache; a second session takes seconds.
"""

import os
import tempfile
from pathlib import Path

import pytest
from platformdirs import user_cache_path

CACHE = Path(os.environ.get("TEST_CHARTERWIJZER_CACHE") or user_cache_path("charterwijzer-tests"))

# Before any of our modules reads them: a developer's own settings are no part of a test.
for name in [name for name in os.environ if name.startswith("CHARTERWIJZER_")]:
    del os.environ[name]
os.environ["CHARTERWIJZER_LLM"] = "off"  # a model that happens to run on this machine is no part of a test either
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="charterwijzer-test-")


@pytest.fixture(scope="session")
def cache_dir():
    """The folder in which the model is unpacked."""
    from index.weights import packaged_e5

    packaged_e5(CACHE)
    return CACHE


@pytest.fixture(scope="session")
def encoder(cache_dir):
    """The real packaged model."""
    from index.encoder import PACKAGED, open_encoder

    return open_encoder(PACKAGED, cache_dir)


@pytest.fixture(scope="session")
def index_dir(cache_dir, encoder):
    """An index of the corpus that ships."""
    from index.update import update_index

    folder = CACHE / "index"
    update_index([], folder, encoder.name, lambda: encoder, Unseen())
    return folder


@pytest.fixture(scope="session")
def settings(cache_dir, index_dir):
    """Settings with the test's own folders, and all else as delivered."""
    from qa.settings import Settings

    return Settings(cache_dir=cache_dir, index_dir=index_dir)


@pytest.fixture(scope="session")
def engine(settings):
    """An engine on the corpus that ships."""
    from qa.engine import Engine

    return Engine.open(settings.index_dir, settings)


class Unseen:
    """Steps that nobody looks at."""

    def step(self, text):
        pass

    def advance(self, done, total):
        pass
