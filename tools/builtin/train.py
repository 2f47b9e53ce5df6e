"""Train the built-in model's network on Tiny-ImageNet; the log and the weights are its results.

Run ``python train.py TINY_IMAGENET OUTPUT`` beside this file (needs PyTorch; two processor cores
with bfloat16 take about 80 minutes). A run that was stopped goes on from its last epoch.
"""

import copy
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from data import augment, load
from network import Head, Network, standardize
from torch import Tensor, nn
from torch.nn import functional

PHASES = ((32, 12), (48, 5), (64, 6))  # side in pixels, epochs: small images first are cheaper
BATCH = 128
PEAK = 0.2
# Epochs, and how far the schedule has come: shortened after 8, and begun again in part after 20.
SCHEDULE = ((0, 8, 19.999, 20, 23), (0, 8 / 23, 1, 0.68, 1))
WEIGHT_DECAY = 5e-4
AVERAGE_EVERY, AVERAGE_KEEP = 8, 0.99
SEED = 0


class Trained(nn.Module):
    """The network and its head."""

    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self.network = Network()
        self.head = Head(self.network.n_features, n_classes)

    def forward(self, images: Tensor) -> Tensor:
        inputs = standardize(images).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return self.head(self.network(inputs))


def learning_rate(epoch: float) -> float:
    """Rise over the first 4 % of the schedule, then fall as a cosine."""
    warm = 0.04
    done = float(np.interp(epoch, *SCHEDULE))
    if done < warm:
        return PEAK * done / warm
    return PEAK * 0.5 * (1 + math.cos(math.pi * (done - warm) / (1 - warm)))


def batch_of(pixels: np.ndarray, rows: np.ndarray) -> Tensor:
    """Return images as a tensor, channels first."""
    return torch.from_numpy(pixels[rows]).permute(0, 3, 1, 2)


def average(kept: nn.Module, model: nn.Module) -> None:
    """Move the averaged weights towards the trained ones."""
    with torch.no_grad():
        for old, new in zip(kept.state_dict().values(), model.state_dict().values(), strict=True):
            if old.is_floating_point():
                old.lerp_(new, 1 - AVERAGE_KEEP)
            else:
                old.copy_(new)


def accuracy(model: nn.Module, pixels: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of images whose class the head finds, at 64 pixels."""
    model.eval()
    right = 0
    with torch.inference_mode():
        for rows in np.array_split(np.arange(len(labels)), len(labels) // 250):
            found = model(batch_of(pixels, rows).float()).argmax(1).numpy()
            right += int((found == labels[rows]).sum())
    return right / len(labels)


def main(folder: Path, output: Path) -> None:
    """Train, and write ``checkpoint.pt`` and a line of ``log.jsonl`` after each epoch."""
    output.mkdir(parents=True, exist_ok=True)
    pixels, labels = load(folder, "train")
    held_out = load(folder, "validation")
    torch.manual_seed(SEED)
    sides = [side for side, epochs in PHASES for _ in range(epochs)]
    n_steps = len(labels) // BATCH
    model = Trained(int(labels.max()) + 1).to(memory_format=torch.channels_last)
    kept = copy.deepcopy(model)
    optimizer = torch.optim.SGD(
        [
            {"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": WEIGHT_DECAY},
            {"params": [p for p in model.parameters() if p.ndim <= 1]},
        ],
        lr=PEAK,
        momentum=0.9,
        nesterov=True,
    )
    first = 0
    checkpoint = output / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        kept.load_state_dict(state["kept"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["epoch"] + 1
    for epoch in range(first, len(sides)):
        started = time.monotonic()
        order = np.random.default_rng([SEED, epoch]).permutation(len(labels))
        generator = torch.Generator().manual_seed(1000 + epoch)
        model.train()
        total = 0.0
        for step in range(n_steps):
            rows = order[step * BATCH : (step + 1) * BATCH]
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(epoch + step / n_steps)
            scores = model(augment(batch_of(pixels, rows), sides[epoch], generator))
            loss = functional.cross_entropy(scores, torch.from_numpy(labels[rows]))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.item()
            if step % AVERAGE_EVERY == 0:
                average(kept, model)
        line = {
            "epoch": epoch,
            "side": sides[epoch],
            "loss": round(total / n_steps, 4),
            "validation_accuracy": round(accuracy(kept, *held_out), 4),
            "seconds": round(time.monotonic() - started),
        }
        state = {"model": model.state_dict(), "kept": kept.state_dict()}
        state |= {"optimizer": optimizer.state_dict(), "epoch": epoch}
        torch.save(state, output / "new.pt")
        (output / "new.pt").replace(checkpoint)
        with (output / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        print(line, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
