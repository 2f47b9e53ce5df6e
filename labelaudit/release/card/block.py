"""The label in a dataset card: a block between two markers, and nothing else of the card."""

import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from labelaudit.errors import InputError
from labelaudit.release.card.cross_check import differences, first_front_matter
from labelaudit.release.card.lines import bare, ending, front_matter_ends, lines_of
from labelaudit.release.card.picture import is_of, picture
from labelaudit.release.card.place import BEGIN, END, Place, find_place
from labelaudit.render.markdown.card import to_card
from labelaudit.report import Report

# Below a folder that both the hub's datasets and labelaudit take for no data, so that no reader
# of the dataset finds an image more in it.
PICTURE: Final = ".labelaudit/label.png"
MARK: Final = "\ufeff"  # of the order of bytes, on top of files that some editors write
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
        When the file is not UTF-8, or its markers are not one pair.
    """
    text = first_front_matter(report) if existing is None else _decoded(existing, where)
    mark = MARK if text.startswith(MARK) else ""
    lines = lines_of(text.removeprefix(MARK))
    place = find_place(lines, where)
    standing = "".join(lines[place.first : place.last])
    dated = _as_of_the_day(report, standing)
    written = _block(dated, bundle)
    if _unended(standing) != written:
        dated, written = report, _block(report, bundle)
    attached = mark + _put(lines, place, written)
    start, end = front_matter_ends(lines)
    return AttachedCard(
        text=attached.encode(),
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


def _unended(standing: str) -> str:
    """Return a block that stands in a file as `_block` returns it."""
    return "\n".join(map(bare, lines_of(standing)))


def _as_of_the_day(report: Report, standing: str) -> Report:
    """Return a report as if it had been measured on the day that a block names."""
    named = MEASURED_ON.search(_unended(standing))
    if named is None:
        return report
    return replace(report, run=replace(report.run, started=named[1] + report.run.started[10:]))


def _put(lines: list[str], place: Place, block: str) -> str:
    """Return a file with a block in its place, its lines ended as those of the file."""
    before, after = lines[: place.first], lines[place.last :]
    end = ending("".join(lines))
    put = block.replace("\n", end)
    if place.last > place.first:
        last = lines[place.last - 1]
        return "".join([*before, put, last[len(bare(last)) :], *after])
    ended = not before or before[-1] != bare(before[-1])
    above = end * (not ended) + end * bool(before and not _is_blank(before[-1]))
    below = end * (ended or bool(after)) + end * bool(after and not _is_blank(after[0]))
    return "".join([*before, above, put, below, *after])


def _is_blank(line: str) -> bool:
    return not bare(line).strip(" \t")
