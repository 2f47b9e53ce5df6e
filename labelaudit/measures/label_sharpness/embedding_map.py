"""Where the classes lie in the embedding, on a map of two directions."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs.copies import some_of
from labelaudit.inputs.label_judgement import Judgement
from labelaudit.measures import Findings, measure
from labelaudit.measures.label_sharpness.map_cells import Cells, Ground, cells_of, ground_of
from labelaudit.measures.label_sharpness.map_tables import cell_table, class_table, target_table
from labelaudit.report import Scalar, Value
from labelaudit.statistics.two_directions import Directions, positions, two_directions
from labelaudit.tabulate import Specification, exact_values

FEWEST: Final = 30
N_BANDS: Final = 20  # of targets, each with as many items
MOST_OF_SAMPLE: Final = 10_000
OF_VARIANCE: Final[tuple[Specification, ...]] = (
    ("map_variance_share", "Of the embeddings' variance, on the map", "share", "neither"),
    ("map_spread_share", "Of the spread of the groups' means, on the map", "share", "neither"),
)
OF_CLASSES: Final[tuple[Specification, ...]] = (
    (
        "map_told_share",
        "Items whose class has most of the others in their cell",
        "share",
        "neither",
    ),
    ("map_largest_class_share", "The largest class, beside it", "share", "neither"),
)
NO_SPREAD: Final = "undefined: the means of the groups do not differ"
DECIMALS: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mapped:
    """Items on the map.

    Attributes
    ----------
    items
        Rows of the dataset that have an embedding.
    at
        Where they are, shape ``(len(items), 2)``.
    cells
        The grid.
    directions
        What the map shows.
    """

    items: NDArray[np.int64]
    at: NDArray[np.float64]
    cells: Cells
    directions: Directions


@measure(family="label_sharpness", title="Map of the embeddings")
def embedding_map(
    embeddings: Embeddings,
    embedding_hashes: NDArray[np.uint64],
    class_names: tuple[str, ...] = (),
    labels: NDArray[np.int32] | None = None,
    label_matrix: csr_array | None = None,
    labelled: NDArray[np.bool_] | None = None,
    targets: NDArray[np.float64] | None = None,
    label_judgement: Judgement | None = None,
) -> Findings:
    """Count the items on a map of the two directions along which the classes lie farthest apart.

    The map is a shadow of the embedding: of its hundreds of directions it shows two. Classes that
    lie on each other here may be far apart in another direction, and two items that are near each
    other here need not be alike. What is far apart here, however, is far apart: a linear map
    stretches nothing. It is the same for the same items, and no step of it is drawn by chance.

    Formula
    -------
    - embeddings are centered and scaled to length 1, as for the nearest neighbors;
    - directions: the first two principal components of the means of the classes, each weighted
      by its items; of 20 bands of equally many items where labels are numbers. Where the means
      differ along fewer directions, those of most variance take their place;
    - cells: equal squares over all items, one for four items, at most about 800;
    - told: the share of the labelled items of which most of the others in their cell are of
      their class. An item that is alone, or between two classes of equally many, is not told.

    Range
    -----
    Shares 0 to 1; neither lower nor higher is better. A map that tells few classes apart says
    that two directions are too few for them, not that their labels are wrong.

    Undefined
    ---------
    Without embeddings, with fewer than 30, or when all are equal. The spread of the means, where
    they do not differ; without labels there is nothing to tell.

    Not comparable
    --------------
    Across embedding models and datasets: each has directions of its own. With the number of
    classes, the map shows less of them.

    Parameters
    ----------
    embeddings
        Embeddings of the items.
    embedding_hashes
        A hash of each, by which a sample is chosen where the means differ too little.
    class_names
        Names of all declared classes.
    labels
        Class of each item, ``-1`` when unlabelled; None where an item has not one class.
    label_matrix, labelled
        Labels of the labelled items where an item has several, and which items are labelled.
    targets
        Number of each item, NaN when unlabelled; None where labels are classes.
    label_judgement
        What the probabilities say of each label; None without them.

    Returns
    -------
    What the map shows of all there is, its cells, and where the classes lie.

    Raises
    ------
    MissingInputError
        When there are too few embeddings, or all are equal.

    References
    ----------
    Pearson, On lines and planes of closest fit, Philosophical Magazine 2, 1901. Chari and
    Pachter, The specious art of single-cell genomics, PLOS Computational Biology 19, 2023, on
    what maps that bend distances show that is not there.
    """
    items = np.flatnonzero(embeddings.present)
    if len(items) < FEWEST:
        raise MissingInputError(f"items with an embedding: {len(items)}, and {FEWEST} are needed")
    members = (
        _bands(targets)
        if targets is not None
        else _classes(len(embeddings.present), class_names, labels, label_matrix, labelled)
    )
    sample = items[some_of(items, MOST_OF_SAMPLE, embedding_hashes)]
    directions = two_directions(embeddings.vectors, items, lambda rows: members[rows], sample)
    if directions is None:
        raise MissingInputError("all embeddings are equal")
    at = positions(embeddings.vectors, items, directions)
    mapped = Mapped(items=items, at=at, cells=cells_of(at), directions=directions)
    columns = {
        f"map_{name}": _column(mapped, axis, len(embeddings.present))
        for axis, name in enumerate("xy")
    }
    if targets is not None:
        return Findings(
            values=_of_variance(mapped),
            tables=(target_table(mapped.cells, targets[items]),),
            parameters=_parameters(mapped.cells),
            columns=columns,
        )
    suspected = None if label_judgement is None else label_judgement.suspected[items]
    ground = ground_of(mapped.cells.of_item, mapped.cells.n, members[items])
    return Findings(
        values=(*_of_variance(mapped), *(_of_classes(ground) if labels is not None else ())),
        tables=(
            cell_table(mapped.cells, ground, class_names, suspected),
            class_table(
                mapped.cells, at, members[items], ground, class_names, told=labels is not None
            ),
        ),
        parameters=_parameters(mapped.cells),
        columns=columns,
    )


def _classes(
    n: int,
    class_names: tuple[str, ...],
    labels: NDArray[np.int32] | None,
    label_matrix: csr_array | None,
    labelled: NDArray[np.bool_] | None,
) -> csr_array:
    """Return the classes of all items, a matrix of ones with a row an item."""
    shape = (n, len(class_names))
    if labels is not None:
        return _ones(labels, labels >= 0, shape)
    if label_matrix is None or labelled is None:
        return csr_array(shape)
    per_item = np.zeros(n, dtype=np.int64)
    per_item[labelled] = np.diff(label_matrix.indptr)
    ends = np.concatenate([[0], np.cumsum(per_item)])
    return csr_array((np.ones(ends[-1]), label_matrix.indices, ends), shape=shape)


def _bands(targets: NDArray[np.float64]) -> csr_array:
    """Return the band of targets that each item is in."""
    known = np.isfinite(targets)
    edges = np.unique(np.quantile(targets[known], np.linspace(0, 1, N_BANDS + 1)[1:-1]))
    return _ones(np.searchsorted(edges, targets, side="right"), known, (len(targets), N_BANDS))


def _ones(
    codes: NDArray[np.integer], known: NDArray[np.bool_], shape: tuple[int, int]
) -> csr_array:
    ends = np.concatenate([[0], np.cumsum(known)])
    return csr_array((np.ones(ends[-1]), codes[known], ends), shape=shape)


def _of_variance(mapped: Mapped) -> tuple[Value, ...]:
    variance = float(mapped.at.var(axis=0).sum()) / mapped.directions.variance
    numbers = {
        "map_variance_share": min(variance, 1.0),
        "map_spread_share": mapped.directions.between_share,
    }
    notes = {} if mapped.directions.between_share is not None else {"map_spread_share": NO_SPREAD}
    return exact_values(OF_VARIANCE, numbers, notes)


def _of_classes(ground: Ground) -> tuple[Value, ...]:
    """Return how many of the labelled items the map tells by their class."""
    n = int(ground.sizes.sum())
    if not n:
        return ()
    numbers = {
        "map_told_share": int(ground.told.sum()) / n,
        "map_largest_class_share": int(ground.sizes.max()) / n,
    }
    return exact_values(OF_CLASSES, numbers, {})


def _column(mapped: Mapped, axis: int, n: int) -> NDArray[np.float32]:
    """Return where every item lies along a direction; NaN without an embedding."""
    found = np.full(n, np.nan, dtype=np.float32)
    found[mapped.items] = mapped.at[:, axis]
    return found


def _parameters(cells: Cells) -> dict[str, Scalar]:
    return {
        "columns": cells.n_columns,
        "rows": cells.n_rows,
        "cell_side": round(cells.side, DECIMALS),
    }
