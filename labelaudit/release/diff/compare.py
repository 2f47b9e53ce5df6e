"""Two reports compared, from these alone."""

from labelaudit import __version__
from labelaudit.privacy import LEVELS, published
from labelaudit.release.diff.classes import classes
from labelaudit.release.diff.facts import cautions, facts, side
from labelaudit.release.diff.findings import findings
from labelaudit.release.diff.numbers import changes, one_sided
from labelaudit.release.diff.parts import Diff
from labelaudit.release.diff.rulings import rulings
from labelaudit.render.json import as_published
from labelaudit.report import Privacy, Report


def leveled(old: Report, new: Report) -> tuple[Report, Report]:
    """Return two reports as the less open of them is, with the numbers that their JSON holds.

    Parameters
    ----------
    old, new
        The reports, of whatever level of privacy.
    """
    privacy = min(old.privacy, new.privacy, key=LEVELS.index)
    return as_published(published(old, privacy)), as_published(published(new, privacy))


def compared(old: Report, new: Report) -> Diff:
    """Return what changed between two reports.

    It shows no more than the less open of the two.

    Parameters
    ----------
    old, new
        The reports.
    """
    return alike(*leveled(old, new), (old.privacy, new.privacy))


def alike(old: Report, new: Report, given: tuple[Privacy, Privacy]) -> Diff:
    """Return what changed between two reports of one level of privacy.

    Parameters
    ----------
    old, new
        The reports, as `leveled` returns them.
    given
        The levels that they had.
    """
    return Diff(
        tool_version=__version__,
        privacy=old.privacy,
        old=side(old, given[0]),
        new=side(new, given[1]),
        same_data=old.dataset.digest == new.dataset.digest,
        cautions=cautions(old, new),
        facts=facts(old, new),
        rulings=rulings(old, new),
        changes=changes(old, new),
        one_sided=one_sided(old, new),
        classes=classes(old, new),
        findings=findings(old, new),
    )
