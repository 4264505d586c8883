"""What tuning added to the packaged weights: small low-rank adapters, shipped beside the code and checked.

``tuned/encoder.safetensors`` tunes the encoder (``eval.tune``), ``tuned/reader.safetensors`` makes a reader of the same
weights (``eval.tune_reader``). An adapter holds for every linear layer two matrices, A (rank, in) and B (out, rank), in
16 bits; the layer becomes W + scale * B @ A (Hu et al., LoRA, 2021).
"""

import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.errors import ModelError

Tensors = dict[str, NDArray[np.float32]]
SCALE = 2.0  # alpha / rank, the same for every adapter
_DOWN, _UP = ".lora_A.default.weight", ".lora_B.default.weight"
TUNED, CHECKSUMS = Path(__file__).parent / "tuned", "checksums.json"


def read_adapter(name: str) -> Tensors:
    """Return the tensors of the adapter ``name``; raises ModelError where the file is not the one that was shipped."""
    from safetensors.numpy import load

    raw = (TUNED / f"{name}.safetensors").read_bytes()
    found, expected = hashlib.sha256(raw).hexdigest(), checksums()[name]
    if found != expected:
        raise ModelError(
            f"De bijstelling {name} van het taalmodel heeft controlesom {found[:12]}…",
            f"{expected[:12]}…",
            "Installeer charterwijzer opnieuw met: pip install --force-reinstall --no-deps .",
        )
    return {key: tensor.astype(np.float32) for key, tensor in load(raw).items()}


@cache
def checksums() -> dict[str, str]:
    """Return the SHA-256 of every adapter, as shipped."""
    stored: dict[str, str] = json.loads((TUNED / CHECKSUMS).read_text(encoding="utf-8"))
    return stored


def adapted(tensors: Tensors, adapter: Tensors) -> Tensors:
    """Return the tensors with an adapter added; those that it does not touch are shared."""
    out = dict(tensors)
    for key, down in adapter.items():
        if key.endswith(_DOWN):
            layer = key.removesuffix(_DOWN)
            out[f"{layer}.weight"] = tensors[f"{layer}.weight"] + SCALE * (adapter[layer + _UP] @ down)
    return out
