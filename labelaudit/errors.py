"""What labelaudit raises: every error says where, what is wrong, what was found, and what next."""

from collections.abc import Iterable, Sequence

SHOWN = 20


def some(names: Iterable[str], shown: int = 5) -> str:
    """Return the first few names for a message, with an ellipsis when there are more."""
    listed = list(names)
    return ", ".join(listed[:shown]) + (", ..." if len(listed) > shown else "")


class LabelauditError(Exception):
    """An error that its reader can act on; the command line prints it and exits with 2.

    Parameters
    ----------
    message
        Where, what is wrong, and what was found, in one line.
    hint
        The next step, in one line.
    details
        Single problems behind the message; the first 20 are printed, then a count.
    """

    def __init__(self, message: str, *, hint: str = "", details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = tuple(details)

    def __str__(self) -> str:
        lines = [self.message]
        lines += [f"  {detail}" for detail in self.details[:SHOWN]]
        if len(self.details) > SHOWN:
            lines.append(f"  ... and {len(self.details) - SHOWN:,} more")
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class InputError(LabelauditError):
    """A dataset, a table or an array that cannot be read as what it is said to be."""


class ModelError(LabelauditError):
    """An embedding model that cannot be loaded, does not fit, or did not run where it should."""


class OutputError(LabelauditError):
    """A result that cannot be written where it was asked for."""


class MissingInputError(LabelauditError):
    """Why a measure cannot have an input; the measure is then *not measured*, for this reason."""


class MeasureError(LabelauditError):
    """Measures that broke; the report was written without them."""
