"""The files of a history, by name."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final

from labelaudit.release.documents import document
from labelaudit.release.history.markdown import to_markdown
from labelaudit.release.history.page import to_html
from labelaudit.release.history.parts import History
from labelaudit.release.history.picture import to_svg

FORMATS: Final = ("html", "svg", "md", "json")
RENDERINGS: Final[Mapping[str, Callable[[History], str]]] = MappingProxyType(
    {"html": to_html, "svg": to_svg, "md": to_markdown, "json": document}
)


def history_files(history: History, formats: Collection[str]) -> dict[str, bytes]:
    """Return ``history.html``, ``history.svg``, ``history.md`` and ``history.json``.

    Parameters
    ----------
    history
        Any history.
    formats
        Which of the files.
    """
    return {
        f"history.{name}": RENDERINGS[name](history).encode() for name in FORMATS if name in formats
    }
