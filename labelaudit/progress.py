"""How long work tells how far it is; who shows it is the caller's business."""

from typing import Protocol


class Progress(Protocol):
    """Called with a stage, the steps done, and the steps in all (0 when unknown)."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note of the state of a stage."""


def silent(stage: str, done: int, total: int) -> None:
    """Show nothing."""
