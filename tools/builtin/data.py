"""Tiny-ImageNet as one array of pixels, and the augmentation that runs on whole batches."""

import io
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

SIDE = 64
GRAY = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)


def load(folder: Path, split: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the images of a split, ``(n, 64, 64, 3)``, and their labels, in the files' order."""
    pixels, labels = [], []
    for path in sorted(folder.glob(f"{split}-*.parquet")):
        table = pq.read_table(path)
        for cell in table["image"].to_pylist():
            image = Image.open(io.BytesIO(cell["bytes"])).convert("RGB")
            pixels.append(np.asarray(image))
        labels.append(table["label"].to_numpy())
    return np.stack(pixels), np.concatenate(labels).astype(np.int64)


def augment(pixels: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """Return random crops of ``side`` pixels, flipped, recolored and blurred, 0 to 255.

    Parameters
    ----------
    pixels
        uint8, shape ``(n, 3, 64, 64)``.
    side
        Width and height of the result.
    """
    images = crops(pixels.float(), side, generator)
    images = degrade(images, generator)
    return recolor(images, generator)


def uniform(n: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    """Return ``n`` numbers between two limits."""
    return torch.rand(n, generator=generator) * (high - low) + low


def crops(images: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """Cut 25 to 100 % of each image's area, 3:4 to 4:3, half of them mirrored."""
    n = len(images)
    area = uniform(n, 0.25, 1.0, generator)
    ratio = torch.exp(uniform(n, -0.2877, 0.2877, generator))
    width = (area * ratio).sqrt().clamp(max=1.0)
    height = (area / ratio).sqrt().clamp(max=1.0)
    left = uniform(n, -1.0, 1.0, generator) * (1 - width)
    top = uniform(n, -1.0, 1.0, generator) * (1 - height)
    mirror = torch.where(torch.rand(n, generator=generator) < 0.5, -1.0, 1.0)
    zero = torch.zeros(n)
    affine = torch.stack(
        [torch.stack([width * mirror, zero, left], 1), torch.stack([zero, height, top], 1)], 1
    )
    grid = functional.affine_grid(affine, [n, 3, side, side], align_corners=False)
    return functional.grid_sample(images, grid, padding_mode="reflection", align_corners=False)


def degrade(images: Tensor, generator: torch.Generator) -> Tensor:
    """Bring a third of a batch down to fewer pixels and up again, as small pictures are."""
    n, side = len(images) // 3, images.shape[-1]
    small = int(torch.randint(side // 2, side, (), generator=generator))
    few = functional.interpolate(images[:n], size=small, mode="bilinear", antialias=True)
    back = functional.interpolate(few, size=side, mode="bilinear")
    return torch.cat([back, images[n:]])


def recolor(images: Tensor, generator: torch.Generator) -> Tensor:
    """Change brightness, contrast and saturation; make one image in ten gray."""
    n = len(images)

    def factor(spread: float) -> Tensor:
        return uniform(n, 1 - spread, 1 + spread, generator).view(n, 1, 1, 1)

    gray = (images * GRAY).sum(1, keepdim=True)
    saturation = factor(0.4)
    saturation[torch.rand(n, generator=generator) < 0.1] = 0
    images = gray + (images - gray) * saturation
    mean = gray.mean((2, 3), keepdim=True)
    images = mean + (images - mean) * factor(0.4)
    images = images * factor(0.4)
    tint = uniform(n * 3, 0.92, 1.08, generator).view(n, 3, 1, 1)
    return (images * tint).clamp(0, 255)
