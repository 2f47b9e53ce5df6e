"""The network: a residual network for 64-pixel images, and the head that it is trained with."""

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTHS = (48, 96, 192, 320)
DEPTHS = (2, 2, 3, 2)
N_TRAINED = 2  # of the last stages, that the head sees
MEAN, STD = (122.5, 114.4, 101.4), (70.0, 68.3, 71.4)  # of the training pixels


def conv(n_in: int, n_out: int, size: int, stride: int = 1) -> nn.Sequential:
    """Return a convolution with batch normalization."""
    layer = nn.Conv2d(n_in, n_out, size, stride, (size - 1) // 2, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(n_out))


class Block(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut (He et al. 2016; ResNet-D's shortcut)."""

    def __init__(self, n_in: int, n_out: int, stride: int) -> None:
        super().__init__()
        self.first = conv(n_in, n_out, 3, stride)
        self.second = conv(n_out, n_out, 3)
        nn.init.zeros_(self.second[1].weight)
        self.shortcut = nn.Identity()
        if stride > 1 or n_in != n_out:
            pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
            self.shortcut = nn.Sequential(pool, *conv(n_in, n_out, 1))

    def forward(self, x: Tensor) -> Tensor:
        out = self.second(functional.relu(self.first(x)))
        return functional.relu(out + self.shortcut(x))


class Network(nn.Module):
    """From standardized pixels to the pooled features of the last two stages, or of more."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = conv(3, WIDTHS[0], 6, 2)
        stages = []
        n_in = WIDTHS[0]
        for stage, (width, depth) in enumerate(zip(WIDTHS, DEPTHS, strict=True)):
            blocks = []
            for block in range(depth):
                stride = 2 if stage and not block else 1
                blocks.append(Block(n_in, width, stride))
                n_in = width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)

    @property
    def n_features(self) -> int:
        return sum(WIDTHS[-N_TRAINED:])

    def forward(self, x: Tensor, n_stages: int = N_TRAINED) -> Tensor:
        x = functional.relu(self.stem(x))
        pooled = []
        for stage in self.stages:
            x = stage(x)
            pooled.append(x.mean((2, 3)))
        return torch.cat(pooled[-n_stages:], dim=1)


class Head(nn.Module):
    """A projector and cosine prototypes, thrown away after training.

    Features before a projector transfer better than those that face the classes directly
    (Wang et al. 2022; Sariyildiz et al. 2023).
    """

    def __init__(self, n_features: int, n_classes: int) -> None:
        super().__init__()
        self.project = nn.Sequential(
            nn.Linear(n_features, 1024, bias=False),
            nn.BatchNorm1d(1024),
            nn.ReLU(),
            nn.Linear(1024, 256, bias=False),
        )
        self.prototypes = nn.Parameter(torch.randn(n_classes, 256))
        self.scale = 12.0

    def forward(self, features: Tensor) -> Tensor:
        projected = functional.normalize(self.project(features).float())
        return self.scale * projected @ functional.normalize(self.prototypes).T


def standardize(images: Tensor) -> Tensor:
    """Return pixels of 0 to 255 with mean 0 and standard deviation 1."""
    mean = torch.tensor(MEAN).view(1, 3, 1, 1)
    std = torch.tensor(STD).view(1, 3, 1, 1)
    return (images - mean) / std
