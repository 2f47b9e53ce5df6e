"""A history as one self-contained page, made from the templates."""

from typing import Final

from labelaudit.release.history.parts import History
from labelaudit.release.history.picture import drawn_series
from labelaudit.release.history.words import around, gist, is_nothing, labels, number
from labelaudit.render.judgements import WORDS
from labelaudit.render.template_files import shipped_files
from labelaudit.render.templates import content_policy, rendered

PAGE: Final = "history.html"


def to_html(history: History) -> str:
    """Return a history as one HTML page that opens offline, and has no script.

    Parameters
    ----------
    history
        Any history.
    """
    files = shipped_files()
    style = rendered("history.css", files)
    return rendered(
        PAGE,
        files,
        {
            "history": history,
            "gist": gist(history),
            "names": labels(history),
            "drawn": drawn_series(history),
            "nothing": [series for series in history.series if is_nothing(series)],
            "number_of": number,
            "around": around,
            "words_of": WORDS,
            "policy": content_policy(style=style, script=""),
        },
    )
