"""Tiny datasets with everything that a measure may ask for, to run all measures on."""

import hashlib
import inspect
import io
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from itertools import pairwise, product

import numpy as np
import pyarrow as pa
from made import embedded, states_of
from numpy.typing import NDArray
from PIL import Image
from scipy.sparse import csr_array

from labelaudit.dataset import Dataset, LabelStates, Source, Task
from labelaudit.embeddings.content import read_content, store_for
from labelaudit.errors import MissingInputError
from labelaudit.inputs import Inputs
from labelaudit.inputs.predictions import Predictions
from labelaudit.measures import Findings, load_measures
from labelaudit.progress import silent
from labelaudit.verdicts import Verdicts, from_rows

N = 204


@dataclass(frozen=True, kw_only=True, eq=False)
class Tiny:
    """The columns of a dataset, as arrays that are easy to permute.

    ``cells`` holds state numbers when items have several labels, and ``votes`` the label that
    each annotator gave, ``-2`` for none.
    """

    names: tuple[str, ...]
    class_names: tuple[str, ...]
    images: tuple[bytes, ...]
    vectors: NDArray[np.float32]
    labels: NDArray[np.int32]
    splits: NDArray[np.int32]
    cells: NDArray[np.int64] | None = None
    votes: NDArray[np.int32] | None = None
    targets: NDArray[np.float64] | None = None
    ordered: bool = False

    def read(self, item: int) -> bytes:
        """Return the bytes of an image."""
        return self.images[item]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, order: NDArray[np.int64]) -> "Tiny":
        """Return the items at some positions."""
        return replace(
            self,
            names=tuple(self.names[at] for at in order),
            images=tuple(self.images[at] for at in order),
            vectors=self.vectors[order],
            labels=self.labels[order],
            splits=self.splits[order],
            cells=None if self.cells is None else self.cells[order],
            votes=None if self.votes is None else self.votes[order],
            targets=None if self.targets is None else self.targets[order],
        )

    def first_class(self) -> "Tiny":
        """Return the items that have the first class, labelled with nothing else."""
        if self.targets is not None:
            return replace(self, targets=np.full_like(self.targets, 7))
        if self.cells is None:
            return self.take(np.flatnonzero(self.labels == 0))
        first = self.take(np.flatnonzero(self.cells[:, 0] == 1))
        return replace(first, cells=np.eye(1, 5, dtype=np.int64).repeat(len(first), axis=0))

    def unlabelled(self) -> "Tiny":
        """Return the items without their labels."""
        none = None if self.cells is None else np.zeros_like(self.cells)
        nan = None if self.targets is None else np.full_like(self.targets, np.nan)
        return replace(self, labels=np.full_like(self.labels, -1), cells=none, targets=nan)

    def renumbered(self) -> "Tiny":
        """Return the same labels with the classes declared in another order."""
        if self.targets is not None:
            return self
        order = np.arange(len(self.class_names))[::-1]
        to = np.append(np.argsort(order), (-2, -1)).astype(np.int32)
        return replace(
            self,
            class_names=tuple(self.class_names[at] for at in order),
            labels=to[self.labels],
            cells=None if self.cells is None else self.cells[:, order],
            votes=None if self.votes is None else to[self.votes],
        )


def noise(seed: int, side: int = 12) -> bytes:
    """Return a PNG of colored noise, its own tint with each seed."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 128, (side, side, 3)) + rng.integers(0, 128, 3)
    stream = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(stream, format="PNG")
    return stream.getvalue()


@cache
def single_label() -> Tiny:
    """Return three overlapping classes and an empty one, with faults of every kind."""
    rng = np.random.default_rng(0)
    truth = np.sort(rng.integers(0, 3, N)).astype(np.int32)
    vectors = (rng.normal(size=(N, 8)) + 2 * np.eye(3, 8)[truth]).astype(np.float32)
    labels = np.where(rng.random(N) < 0.1, (truth + 1) % 3, truth).astype(np.int32)
    labels[[5, 50]] = -1
    images = [noise(seed) for seed in range(N)]
    # Copies of one image: of the same label, of another one, and in another split.
    images[1] = images[0]
    images[119] = images[60]
    vectors[1], vectors[119] = vectors[0], vectors[60]
    return Tiny(
        names=tuple(f"image {at:03}.png" for at in range(N)),
        class_names=("ant", "bee", "cow", "nothing"),
        images=tuple(images),
        vectors=vectors,
        labels=labels,
        splits=(np.arange(N) % 5 == 0).astype(np.int32),
    )


@cache
def multi_label() -> Tiny:
    """Return five labels, one without items, with uncertain and unknown cells."""
    rng = np.random.default_rng(1)
    cells = (rng.random((N, 5)) < [0.5, 0.4, 0.3, 0.1, 0]).astype(np.int64)
    cells[cells[:, 0] == 1, 1] = 0
    cells[:6, 2] = (2, 3, 2, 3, 2, 3)
    return replace(
        single_label(),
        class_names=("indoor", "outdoor", "person", "rare", "nothing"),
        labels=np.full(N, -1, dtype=np.int32),
        cells=cells,
    )


@cache
def annotated() -> Tiny:
    """Return three annotators who see some of the items each."""
    rng = np.random.default_rng(2)
    base = single_label()
    votes = np.repeat(base.labels[:, None], 3, axis=1)
    votes = np.where(rng.random(votes.shape) < 0.2, rng.integers(0, 3, votes.shape), votes)
    votes[rng.random(votes.shape) < 0.15] = -2
    return replace(base, votes=votes.astype(np.int32))


@cache
def numbers() -> Tiny:
    """Return labels that are numbers, two of them missing, with a long tail."""
    rng = np.random.default_rng(3)
    base = single_label()
    targets = np.round(rng.gamma(2, 10, N), 1)
    targets[[5, 50]] = np.nan
    targets[[1, 119]] = targets[0], targets[60] + 30
    return replace(base, class_names=(), labels=np.full(N, -1, dtype=np.int32), targets=targets)


KINDS = {
    "single_label": single_label,
    "multi_label": multi_label,
    "annotated": annotated,
    "numbers": numbers,
}


def inputs_of(tiny: Tiny, compat: str = "") -> Inputs:
    """Return the inputs of a scan of the dataset."""
    dataset = Dataset(
        name="tiny",
        task=_task(tiny),
        class_names=tiny.class_names,
        ordered=tiny.ordered,
        paths=pa.array(tiny.names, pa.large_string()),
        labels=tiny.labels.copy(),
        label_states=None if tiny.cells is None else _states(tiny.cells),
        targets=None if tiny.targets is None else tiny.targets.copy(),
        split_names=("train", "test"),
        splits=tiny.splits.copy(),
        groups=np.array([int(name[6:9]) // 4 for name in tiny.names], dtype=np.int32),
        annotations=_judgements(tiny),
        metadata=pa.table({"camera": [f"camera {int(name[6:9]) % 3}" for name in tiny.names]}),
        media=tiny,
        source=Source(format="test", why=(), found=len(tiny)),
    )
    store = store_for(None, None)
    content, _, _ = read_content(dataset, None, store, n_threads=1, progress=silent)
    return Inputs(
        {
            "dataset": dataset,
            "content": content,
            "embeddings": embedded(tiny.vectors.copy()),
            "random_state": 0,
            "compat": compat,
            "n_threads": 1,
            "progress": silent,
            "verdict_file": _verdicts(tiny),
            "predictions": _predictions(tiny),
        }
    )


def _task(tiny: Tiny) -> Task:
    if tiny.targets is not None:
        return "regression"
    return "multiclass" if tiny.cells is None else "multilabel"


def _predictions(tiny: Tiny) -> Predictions | MissingInputError:
    """Return what three models say: the given class but for every so manieth item."""
    if not tiny.class_names:
        return MissingInputError("there are no classes")
    order = sorted(range(len(tiny.class_names)), key=tiny.class_names.__getitem__)
    following = dict(pairwise([*order, order[0]]))
    given = np.where(tiny.labels >= 0, tiny.labels, order[0]).tolist()
    numbers = [int(name[6:9]) for name in tiny.names]
    classes = [
        [following[g] if n % every == 0 else g for g, n in zip(given, numbers, strict=True)]
        for every in (4, 5, 9)
    ]
    return Predictions(
        models=("four", "five", "nine"),
        classes=np.array(classes, dtype=np.int32).reshape(3, len(tiny)),
        sources=("four", "five", "nine"),
    )


def _verdicts(tiny: Tiny) -> Verdicts:
    """Return what two people judged of every other labelled item, half of them a stratum."""
    if not tiny.class_names:
        return from_rows([])
    numbers = {at: int(name[6:9]) for at, name in enumerate(tiny.names) if tiny.labels[at] >= 0}
    strata = {at: int(number >= N // 2) for at, number in numbers.items()}
    judged = sorted((at for at in numbers if numbers[at] % 2 == 0), key=numbers.__getitem__)
    sizes = np.bincount([*strata.values()], minlength=2)
    drawn = np.bincount([strata[at] for at in judged], minlength=2)
    following = dict(pairwise([*sorted(tiny.class_names), min(tiny.class_names)]))
    lines = []
    for at, (reviewer, every) in product(judged, (("ann", 10), ("bob", 12))):
        word = "both" if numbers[at] % 14 == 0 else "given"
        line = {
            "content": hashlib.sha256(tiny.images[at]).hexdigest(),
            "path": tiny.names[at],
            "given_label": tiny.class_names[tiny.labels[at]],
            "suggested_label": following[tiny.class_names[tiny.labels[at]]],
            "verdict": "suggested" if numbers[at] % every == 0 else word,
            "reviewer": reviewer,
            "audit": "drawn",
            "stratum": str(strata[at]),
            "stratum_size": str(sizes[strata[at]]),
            "stratum_drawn": str(drawn[strata[at]]),
            "judged_before": "0",
        }
        lines.append(line)
    return from_rows(lines)


def _states(cells: NDArray[np.int64]) -> LabelStates:
    """Return the states of items, of which those without a cell are unlabelled."""
    return states_of(cells, np.count_nonzero(cells, axis=1) > 0)


def _judgements(tiny: Tiny) -> pa.Table | None:
    """Return one row a judgement, item by item."""
    if tiny.votes is None:
        return None
    items, annotators = np.nonzero(tiny.votes > -2)
    return pa.table(
        {
            "item": items.astype(np.int64),
            "annotator": [f"ann {at}" for at in annotators],
            "label": tiny.votes[items, annotators].astype(np.int32),
        }
    )


def run_measure(name: str, inputs: Inputs) -> Findings | MissingInputError:
    """Run a measure on inputs that it cannot write to; return why it refuses."""
    measure = load_measures()[name]
    for parameter in inspect.signature(measure).parameters:
        with suppress(MissingInputError):
            _freeze(inputs.get(parameter))
    try:
        found: Findings = inputs.call(measure)
    except MissingInputError as error:
        return error
    return found


def _freeze(thing: object) -> None:
    """Make all arrays in an input read-only."""
    if isinstance(thing, np.ndarray):
        thing.setflags(write=False)
    elif isinstance(thing, csr_array):
        for part in (thing.data, thing.indices, thing.indptr):
            part.setflags(write=False)
    elif is_dataclass(thing):
        for field in fields(thing):
            _freeze(getattr(thing, field.name))
