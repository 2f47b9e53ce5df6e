"""The representation that neighbours, probabilities and sharpness are measured in."""

from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider


@provider
def embeddings(embedded: Embeddings | None) -> Embeddings:
    """One vector an item, from the model or from the user's own file."""
    if embedded is None:
        raise MissingInputError(
            "there are no embeddings: the dataset has no images and no --embeddings were given"
        )
    return embedded
