"""What a gate says as a badge: a picture of our own, and what an endpoint of shields takes."""

import json
from typing import Final

from markupsafe import Markup

from labelaudit.gate.formats.said import AS_VERDICT, WORDS, cut
from labelaudit.gate.outcome import Decision, Outcome
from labelaudit.render import text
from labelaudit.render.facts import hero
from labelaudit.render.fit import clipped, estimated_width
from labelaudit.render.judgements import SHAPES
from labelaudit.render.svg import FONTS

LABEL: Final = "labels"
# Each has white text on it, at a contrast of more than 4.5.
GROUND: Final = "#3c3c3c"
COLORS: Final[dict[Decision, str]] = {
    "pass": "#007a5a",
    "fail": "#a33b00",
    "inconclusive": "#8a4b00",
    "not measured": "#595959",
}
SIZE: Final = 11  # of the letters, in pixels
HEIGHT, PAD, MARK = 20, 7, 10
WIDEST: Final = 360
LONGEST: Final = 120  # characters of a message


def badge_message(outcome: Outcome) -> str:
    """Return the decision and the rate, as ``PASS, errors 2.1% (1.2% to 3.4%), audited``."""
    return f"{WORDS[outcome.decision]}, errors {_rate(outcome)}"


def to_badge_json(outcome: Outcome) -> str:
    """Return what an endpoint badge of shields shows.

    Parameters
    ----------
    outcome
        Any outcome.
    """
    document = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": cut(badge_message(outcome), LONGEST),
        "color": COLORS[outcome.decision],
        "labelColor": GROUND,
        "isError": outcome.failed,
    }
    return json.dumps(document, indent=1) + "\n"


def to_badge_svg(outcome: Outcome) -> str:
    """Return a badge as an SVG document that reaches for nothing outside, its text as text.

    Parameters
    ----------
    outcome
        Any outcome.
    """
    said = clipped(badge_message(outcome), SIZE, WIDEST)
    name = cut(text.visible(outcome.report.dataset.name), LONGEST)
    left = round(estimated_width(LABEL, SIZE) + 2 * PAD)
    right = round(estimated_width(said, SIZE) + MARK + 3 * PAD)
    return (
        str(
            Markup(
                '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
                'viewBox="0 0 {width} {height}" role="img" aria-labelledby="badge-title">\n'
                '<title id="badge-title">{title}</title>\n'
                '<rect width="{width}" height="{height}" rx="3" fill="{ground}"/>\n'
                '<path d="M{left} 0H{end}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{left}z" '
                'fill="{color}"/>\n'
                '<path transform="translate({mark} 4.5) scale(.9)" d="{shape}" fill="#ffffff" '
                'fill-rule="evenodd"/>\n'
                '<g fill="#ffffff" font-family="{fonts}" font-size="{size}">\n'
                '<text x="{pad}" y="14">{label}</text>\n<text x="{text}" y="14">{said}</text>\n'
                "</g>\n</svg>"
            ).format(
                width=left + right,
                height=HEIGHT,
                title=f"{LABEL} of {name}: {said}",
                ground=GROUND,
                left=left,
                end=left + right - 3,
                color=COLORS[outcome.decision],
                mark=left + PAD,
                shape=SHAPES[AS_VERDICT[outcome.decision]],
                fonts=FONTS,
                size=SIZE,
                pad=PAD,
                label=LABEL,
                text=left + 2 * PAD + MARK,
                said=said,
            )
        )
        + "\n"
    )


def _rate(outcome: Outcome) -> str:
    """Return the rate of wrong labels with its interval, and how it is known."""
    found = hero(outcome.report)
    interval = f" ({found.interval})" if found.interval else ""
    if found.n_judged is not None:
        return f"{found.amount}{interval}, audited"
    known = outcome.report.value(*found.field.split(".", 1)) if found.field else None
    return f"{found.amount}{interval}" + (", not audited" if known is not None else "")
