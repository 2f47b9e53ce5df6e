"""Whether simple properties of the images, or their background alone, give the label away."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.dataset import LabelStates, State
from labelaudit.embeddings.content import Content
from labelaudit.errors import MissingInputError
from labelaudit.inputs.labels import cells_in_state
from labelaudit.inputs.pixels import by_content
from labelaudit.measures import Findings, measure
from labelaudit.measures.integrity.image_properties import properties_of
from labelaudit.measures.integrity.property_tables import (
    MIN_ITEMS,
    SIGNIFICANT,
    TOLD_FROM,
    of_classes,
    of_numbers,
)
from labelaudit.report import Scalar
from labelaudit.statistics.class_separation import N_BINS

MOST_ITEMS = 100_000


@measure(family="integrity", title="Spurious correlation")
def spurious_correlation(
    content: Content,
    class_names: tuple[str, ...],
    labels: NDArray[np.int32] | None = None,
    label_states: LabelStates | None = None,
    targets: NDArray[np.float64] | None = None,
) -> Findings:
    """Measure how well brightness, color, size or background alone predict the label.

    A model may learn such a property in place of what the label is about: wolves by snow, a
    disease by the scanner. What is found is an association, not a proof: the sky behind airplanes
    is blue because airplanes fly. Whether the property may carry the label is for a person to
    judge, and whether the association also holds where the model will be used. Where the object
    fills the image, as a digit does, its border is no background.

    Formula
    -------
    Each property of the images, one by one: brightness, contrast, sharpness, entropy, color cast
    (a channel less the mean of all), size, aspect ratio, bytes per pixel, mode; brightness,
    contrast and color cast of the background, which is the outer eighth of the image on each
    side; and brightness of the background less that of the center. A property is cut into 8 bins
    of as many images.

    - separation of a class: true-positive less false-positive rate of the rule that says the
      class in the bins that have a larger share of it than of the rest; made on one half of the
      images, tried on the other, both ways. Halves are by content, so copies share one. It also
      sees a class that is in the middle
    - AUC: probability that an image of the class has the higher value, ties half
    - p-value: chi-squared of bins by class, adjusted over all properties and classes (Benjamini
      and Hochberg)
    - told: separation of at least 0.3 and an adjusted p-value below 0.05
    - best property: the largest mean separation over the classes, which is the balanced accuracy
      of one class against the rest, scaled from chance 0 to perfect 1
    - where labels are numbers: Spearman's rank correlation r, p by t with n - 2 degrees of
      freedom; told from |r| = 0.3; the interval is Bonett and Wright's

    Range
    -----
    Separation -1 to 1, 0 is chance; AUC and scores 0 to 1; lower is better.

    Undefined
    ---------
    For a class with fewer than 40 images, or that fewer than 40 others stand against.

    Not comparable
    --------------
    With cleanlab's Datalab, which fits a Gaussian per property and class, compares plain accuracy
    to a baseline, and calls a property spurious by that ratio: up to 2.9.0 the baseline is the
    number of the most common class over the number of items, not its share, so that noise is
    called spurious where classes are unbalanced. Here chance is 0 whatever the balance, and the
    rule is tried on images that it was not made of.

    Parameters
    ----------
    content
        What the files say, how they look among it.
    class_names
        Names of all classes; none where labels are numbers.
    labels, label_states, targets
        What the labels are, whichever there is. An uncertain or unknown cell is taken for
        negative here.

    Returns
    -------
    The best property; how many properties and classes are told; tables by property, and by
    property and class. Of more than 100,000 images, so many are drawn by their content.

    Raises
    ------
    MissingInputError
        For texts; without labels; with too few images a class, or 40 in all.

    References
    ----------
    Geirhos et al., "Shortcut learning in deep neural networks", Nature Machine Intelligence 2020.
    Bonett and Wright, "Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations", Psychometrika 2000.
    """
    if content.looks is None:
        raise MissingInputError("the items are texts, which have no pixels")
    labelled = _labelled(labels, label_states, targets) & content.readable
    items = np.flatnonzero(labelled)
    if len(items) < MIN_ITEMS:
        raise MissingInputError(
            f"{len(items):,} images can be read and have a label, fewer than {MIN_ITEMS}"
        )
    drawn = np.sort(items[by_content(content, items)[:MOST_ITEMS]])
    properties = properties_of(content, drawn)
    if not properties.names:
        raise MissingInputError("all images are alike in every property that is looked at")
    parameters: dict[str, Scalar] = {
        "bins": N_BINS,
        "min_items": MIN_ITEMS,
        "told_from": TOLD_FROM,
        "significant": SIGNIFICANT,
        "items": len(drawn),
        "the_same_in_all": ", ".join(properties.constant),
    }
    if targets is not None:
        return of_numbers(properties, targets[drawn], parameters)
    first_half = content.digests[drawn, -1] % 2 == 0
    members = _members(labels, label_states, len(class_names))[drawn]
    return of_classes(properties, members, class_names, first_half, parameters)


def _labelled(
    labels: NDArray[np.int32] | None,
    label_states: LabelStates | None,
    targets: NDArray[np.float64] | None,
) -> NDArray[np.bool_]:
    if labels is not None:
        return labels >= 0
    if label_states is not None:
        return label_states.labelled
    if targets is not None:
        return ~np.isnan(targets)
    raise MissingInputError("no item of this dataset has a label")


def _members(
    labels: NDArray[np.int32] | None, label_states: LabelStates | None, n_classes: int
) -> csr_array:
    """Return which items are of which class; none where labels are numbers."""
    if labels is not None:
        known = np.flatnonzero(labels >= 0)
        return csr_array(
            (np.ones(len(known), dtype=np.int32), (known, labels[known])),
            shape=(len(labels), n_classes),
        )
    assert label_states is not None  # noqa: S101 - one of them is given
    shape = (len(label_states.labelled), n_classes)
    return cells_in_state(label_states, label_states.states == State.POSITIVE, shape)
