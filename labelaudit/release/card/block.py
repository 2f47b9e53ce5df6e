"""The label in a dataset card: a block between two markers, and nothing else of the card."""

import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from labelaudit.errors import InputError
from labelaudit.release.card.cross_check import differences, first_front_matter
from labelaudit.release.card.lines import front_matter_ends, lines_of
from labelaudit.release.card.picture import is_of, picture
from labelaudit.release.card.place import BEGIN, END
from labelaudit.release.card.put import MARK, block_in, with_block
from labelaudit.render.markdown.card import to_card
from labelaudit.report import Report

# Below a folder that both the hub's datasets and labelaudit take for no data, so that no reader
# of the dataset finds an image more in it.
PICTURE: Final = ".labelaudit/label.png"
# Of the sites that show cards, some follow relative addresses in this element alone.
IMAGE: Final = f'<img src="{PICTURE}" width="380" alt="{{}}">'
TO_OPEN: Final = """\
<details>
<summary>The rows of the label as a table</summary>

{}

</details>"""
MEASURED_ON: Final = re.compile(r"^Method: labelaudit \S+ on `?(\d{4}-\d\d-\d\d)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedCard:
    """A card with its block, as it is to be written.

    Attributes
    ----------
    text
        Content of the file.
    picture
        Content of the picture, which belongs at `PICTURE` beside the card.
    differences
        What the card's front matter says otherwise than the report.
    """

    text: bytes
    picture: bytes
    differences: tuple[str, ...]


def attached_card(
    report: Report,
    existing: bytes | None,
    drawn: bytes | None = None,
    *,
    where: str = "README.md",
    bundle: str = "",
) -> AttachedCard:
    """Return a card with the label of a report in its block; all else is kept byte for byte.

    A block that only an equal scan of another day would change is kept, and so is its picture.

    Parameters
    ----------
    report
        Any report.
    existing
        Content of the file; None to make a card of what was measured alone.
    drawn
        Content of the picture beside it, if there is one.
    where
        Name of the file in messages.
    bundle
        Path of the release bundle from the card's folder, to link to; empty for none.

    Raises
    ------
    InputError
        When the file is not UTF-8, or the block has no place in it.
    """
    text = first_front_matter(report) if existing is None else _decoded(existing, where)
    standing = block_in(text, where)
    dated = _as_of_the_day(report, standing)
    block = _block(dated, bundle)
    if standing != block:
        dated, block = report, _block(report, bundle)
    lines = lines_of(text.removeprefix(MARK))
    start, end = front_matter_ends(lines)
    return AttachedCard(
        text=with_block(text, block, where).encode(),
        picture=drawn if drawn is not None and is_of(drawn, dated) else picture(dated),
        differences=differences("".join(lines[start : max(start, end - 1)]), report),
    )


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{where}: no UTF-8 at byte {error.start:,}", hint="save the card as UTF-8"
        ) from error


def _block(report: Report, bundle: str) -> str:
    """Return the block, its lines ended by line feeds but for the last.

    The picture has the rows of the table, which is there to open for who does not see it.
    """
    parts = to_card(report, IMAGE).strip("\n").split("\n\n")
    parts = [TO_OPEN.format(part) if part.startswith("| ") else part for part in parts]
    link = [f"[Report, numbers and SHA-256 sums (zip)]({quote(bundle)})"] if bundle else []
    return "\n\n".join([BEGIN, *parts, *link, END])


def _as_of_the_day(report: Report, standing: str) -> Report:
    """Return a report as if it had been measured on the day that a block names."""
    named = MEASURED_ON.search(standing)
    if named is None:
        return report
    return replace(report, run=replace(report.run, started=named[1] + report.run.started[10:]))
