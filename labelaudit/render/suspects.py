"""Which labels a reader should look at first."""

from typing import Final

from labelaudit.report import Gallery, Report

RANKED_BY: Final = ("label_noise", "multi_label_noise")


def suspects(report: Report) -> Gallery | None:
    """Return the gallery of the labels most suspected; None where none is.

    Parameters
    ----------
    report
        Any report; one for the public shows no item.
    """
    results = (report.measure(name) for name in RANKED_BY)
    galleries = (
        gallery for result in results if result is not None for gallery in result.galleries
    )
    return next((gallery for gallery in galleries if gallery.samples), None)
