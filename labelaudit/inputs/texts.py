"""The texts of a dataset, where its items are texts."""

from collections.abc import Callable

from labelaudit.dataset import Dataset
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider

ReadText = Callable[[int], str]


@provider
def texts(dataset: Dataset) -> ReadText:
    """Return what reads the text of an item; it is empty where there is none."""
    if dataset.modality != "text":
        raise MissingInputError("the items are images")
    return lambda item: dataset.text(item) or ""
