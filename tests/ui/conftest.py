import pytest


@pytest.fixture
def quick(encoder, monkeypatch):
    """Opens the real model once for all tests; reading its tokenizer takes over a second each time."""
    for place in ("index.encoder", "ui.opening", "qa.engine"):
        monkeypatch.setattr(f"{place}.open_encoder", lambda *given: encoder)
