"""What of a report may leave the team, and what the public may see."""

from dataclasses import replace

from labelaudit.report import Privacy, Report


def published(report: Report, privacy: Privacy) -> Report:
    """Return a report without what its readers may not see.

    Parameters
    ----------
    report
        Any report.
    privacy
        ``public``, ``team`` or ``full``.
    """
    return replace(report, privacy=privacy)
