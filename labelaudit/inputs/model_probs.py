"""Class probabilities that the embedding model itself gives, where it is a classifier."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.models.class_map import ClassMap, classes_of_scores, log_probs_of_classes
from labelaudit.embeddings.models.model import Model
from labelaudit.errors import InputError
from labelaudit.inputs.pred_probs import PredProbs, blocks_of

CAVEAT = (
    "The probabilities are the embedding model's own: out of sample only if it was not trained on "
    "these items. A model that was has learned their labels, the wrong ones too."
)


def check_from_model(dataset: Dataset, *, own_arrays: bool) -> None:
    """Raise `InputError` when a dataset cannot have probabilities from the embedding model.

    Parameters
    ----------
    dataset
        What is scanned.
    own_arrays
        Whether the user's own embeddings or probabilities take the place of the model's.
    """
    wrong = {
        "--embeddings and --pred-probs take the place of a model's": own_arrays,
        "there are no images": dataset.media is None or dataset.modality != "image",
        "an item of this dataset has several labels": dataset.task == "multilabel",
        "an item of this dataset has a number, not a class": dataset.task == "regression",
    }
    for why, is_so in wrong.items():
        if is_so:
            raise InputError(
                f"--pred-probs-from-model: {why}",
                hint="leave it out; it is for images of one label each, and a classifier",
            )


def classes_of_model(model: Model, said: ClassMap | None, dataset: Dataset) -> NDArray[np.int64]:
    """Return the dataset's class of each of a model's scores, ``-1`` for scores of none.

    Raises
    ------
    ModelError
        When the class map does not fit.
    """
    return classes_of_scores(said or model.class_map, dataset.class_names, model.n_scores)


def split_scores(
    kept: Embeddings, model: Model, classes: NDArray[np.int64], labels: NDArray[np.int32]
) -> tuple[Embeddings, PredProbs]:
    """Return the embeddings, and the probabilities that the model itself gives the classes.

    Parameters
    ----------
    kept
        What the model made of each item: its embedding, then log probabilities.
    model
        What made it.
    classes
        The dataset's class of each score, ``-1`` for none, shape ``(n_scores,)``.
    labels
        Class of each item, ``-1`` when unlabelled.
    """
    width = kept.vectors.shape[1] - model.n_scores
    log_scores = kept.vectors[:, width:]
    items = np.flatnonzero((labels >= 0) & kept.present)

    def view(wanted: NDArray[np.int64]) -> NDArray[np.float32]:
        return log_probs_of_classes(log_scores[wanted], classes)

    wanted = model.preprocessing
    probs = PredProbs(
        source=(
            f"{model.name}'s own ({wanted.scores} {wanted.scores_output!r}; "
            f"{int((classes >= 0).sum()):,} of its {len(classes):,} classes are the dataset's)"
        ),
        caveat=CAVEAT,
        blocks=blocks_of(items, log_scores.shape[1], view),
        views={"model's own scores": view},
    )
    return replace(kept, vectors=kept.vectors[:, :width]), probs
