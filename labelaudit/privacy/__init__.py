"""What of a report may leave the team, and what the public may see."""

from typing import Final

from labelaudit.errors import InputError
from labelaudit.privacy.places import without_places
from labelaudit.privacy.public import for_public
from labelaudit.privacy.team import for_team
from labelaudit.privacy.words import LEFT_OUT, ONE_OF_FEW
from labelaudit.report import Privacy, Report

__all__ = ["LEFT_OUT", "LEVELS", "ONE_OF_FEW", "default_privacy", "published", "without_places"]

LEVELS: Final[tuple[Privacy, ...]] = ("public", "team", "full")  # the most closed first


def default_privacy(modality: str) -> Privacy:
    """Return the level of a report for which none is named: texts are not shown unasked."""
    return "team" if modality == "text" else "full"


def published(report: Report, privacy: Privacy) -> Report:
    """Return a report without what its readers may not see.

    Parameters
    ----------
    report
        Any report.
    privacy
        ``public``: aggregates only; ``team``: paths, labels and scores, no pictures and no texts;
        ``full``: all of it.

    Raises
    ------
    InputError
        When the report is more closed than that: what was left out is not in it.
    """
    if LEVELS.index(privacy) > LEVELS.index(report.privacy):
        raise InputError(
            f"{report.dataset.name}: the report is {report.privacy}, and cannot become {privacy}: "
            "what was left out is not in it",
            hint=f"scan the dataset again with --privacy {privacy}",
        )
    if privacy == report.privacy:
        return report
    if privacy == "team":
        return for_team(report)
    return for_public(report)
