"""What tuning encoder and reader have in common: low-rank adapters on the packaged weights, one optimiser loop.

Adapters (Hu et al., LoRA, 2021) sit on every linear layer; the word table and all else stay as they are. No dropout:
on a processor it costs five times as much as all the rest. Needs the extra ``tune``.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from rich.console import Console
from safetensors.torch import save_file
from torch import Tensor
from transformers import AttentionInterface, AttentionMaskInterface, AutoModel
from transformers.masking_utils import eager_mask

from index.adapter import CHECKSUMS, SCALE

RANK = 16
WARMUP = 0.08  # share of the steps in which the rate rises
PLAIN = "plain"  # attention below


def plain_attention(
    module: torch.nn.Module, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, **_: object
) -> tuple[Tensor, None]:
    """Return attention (texts, tokens, heads, width) in 16 bits, in so many words.

    On a processor the way back through PyTorch's fused kernel takes three times as long as that through its parts.
    """
    with torch.autocast("cpu", enabled=False):
        query, key, value = (one.bfloat16() for one in (query * query.shape[-1] ** -0.5, key, value))
        scores = query @ key.transpose(-1, -2)
        weights = torch.softmax(scores if mask is None else scores + mask.bfloat16(), dim=-1)
        return (weights @ value).transpose(1, 2).contiguous(), None


AttentionInterface.register(PLAIN, plain_attention)
AttentionMaskInterface.register(PLAIN, eager_mask)


def adaptable(folder: Path) -> PeftModel:
    """Return the BERT model in ``folder`` under an adapter that can be trained."""
    model = AutoModel.from_pretrained(folder, local_files_only=True, attn_implementation=PLAIN)
    lora = LoraConfig(r=RANK, lora_alpha=int(SCALE * RANK), target_modules=["query", "key", "value", "dense"])
    return get_peft_model(model, lora).eval()


Step = TypeVar("Step")


def optimise(
    loss: Callable[[Step], Tensor], steps: Sequence[Step], groups: Sequence[tuple[Iterable[Tensor], float]]
) -> None:
    """Run AdamW over all steps; ``groups`` are parameters with their rate, which rises and then falls to zero."""
    optimiser = torch.optim.AdamW(
        [{"params": [p for p in some if p.requires_grad], "lr": rate} for some, rate in groups]
    )
    total, warm = len(steps), max(1, round(WARMUP * len(steps)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (total - step) / (total - warm)))
    )
    started, losses = time.monotonic(), []
    for number, step in enumerate(steps, 1):
        value = loss(step)
        value.backward()  # type: ignore[no-untyped-call]
        for group in optimiser.param_groups:
            torch.nn.utils.clip_grad_norm_(group["params"], 1.0)
        optimiser.step()
        optimiser.zero_grad()
        schedule.step()
        losses.append(value.item())
        if number % 10 == 0 or number == total:
            seconds = time.monotonic() - started
            Console(stderr=True).print(f"stap {number}/{total}  verlies {np.mean(losses[-10:]):.3f}  {seconds:.0f} s")


def save_adapter(target: Path, model: PeftModel, **others: Tensor) -> None:
    """Write the adapter (16 bits) with other tensors (32 bits), and its checksum in the file beside it."""
    tensors = {
        name.removeprefix("base_model.model."): tensor.detach().half().contiguous()
        for name, tensor in model.state_dict().items()
        if "lora_" in name
    }
    save_file(tensors | {name: tensor.detach().float().contiguous() for name, tensor in others.items()}, str(target))
    listed = target.with_name(CHECKSUMS)
    known = json.loads(listed.read_text(encoding="utf-8")) if listed.exists() else {}
    known[target.stem] = hashlib.sha256(target.read_bytes()).hexdigest()
    listed.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
