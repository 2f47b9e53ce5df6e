"""A comparison as one self-contained page, made from the templates."""

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from labelaudit.release.diff.parts import Change, Diff
from labelaudit.release.diff.words import (
    amount,
    around,
    between,
    gist,
    groups,
    label_rows,
    of_findings,
    signed,
    standing,
    unchanged,
    unlisted,
)
from labelaudit.render.charts.change import Ends, change
from labelaudit.render.judgements import WORDS
from labelaudit.render.template_files import shipped_files
from labelaudit.render.templates import content_policy, rendered

PAGE: Final = "diff.html"
MOST_CHARACTERS: Final = 3_000_000  # of pictures
SAID: Final = {
    "amount": amount,
    "around": around,
    "between": between,
    "of_findings": of_findings,
    "signed": signed,
    "standing": standing,
    "unchanged": unchanged,
    "unlisted": unlisted,
}


def to_html(diff: Diff, pictures: Mapping[str, str]) -> str:
    """Return a comparison as one HTML page that opens offline, and has no script.

    Parameters
    ----------
    diff
        Any comparison.
    pictures
        WebP images in base64, by their key: the thumbnails of both reports.
    """
    files = shipped_files()
    style = rendered("diff.css", files)
    standings = [each.standing for each in diff.changes]
    return rendered(
        PAGE,
        files,
        {
            "diff": diff,
            "gist": gist(diff),
            "groups": groups(diff),
            "rows": label_rows(diff),
            "pictures": _that_fit(diff, pictures),
            "shift": _shift,
            "words": SAID,
            "words_of": WORDS,
            "n_same": standings.count("same"),
            "n_undefined": standings.count("undefined"),
            "policy": content_policy(style=style, script=""),
        },
    )


def _that_fit(diff: Diff, pictures: Mapping[str, str]) -> dict[str, str]:
    """Return the pictures of the first findings, as many as a page should hold."""
    kept: dict[str, str] = {}
    printed = 0
    for found in diff.findings:
        for listed in (*found.fixed, *found.appeared):
            picture = pictures.get(listed.thumbnail or "")
            printed += len(picture or "")
            if printed > MOST_CHARACTERS:
                return kept
            if picture is not None and listed.thumbnail is not None:
                kept[listed.thumbnail] = picture
    return kept


def _shift(found: Change) -> Markup:
    """Return the drawing of a change; empty where a number is undefined or not comparable."""
    old = _ends(found.old, found.old_low, found.old_high)
    new = _ends(found.new, found.new_low, found.new_high)
    if old is None or new is None or found.standing == "not comparable":
        return Markup()
    return change(old, new, found.unit, found.direction or "moved")


def _ends(value: float | None, low: float | None, high: float | None) -> Ends | None:
    """Return a number with the ends of its interval, itself where there are none."""
    if value is None:
        return None
    if low is None or high is None or low > high:
        return value, value, value
    return value, low, high
