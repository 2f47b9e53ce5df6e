"""Put a block into a card so that it is found again, and every other byte stays."""

from typing import Final

from labelaudit.errors import InputError
from labelaudit.release.card.lines import bare, ending, lines_of
from labelaudit.release.card.place import Place, find_place

MARK: Final = "\ufeff"  # of the order of bytes, on top of files that some editors write


def block_in(text: str, where: str = "README.md") -> str:
    """Return the block of a card, its lines ended by line feeds but for the last.

    Parameters
    ----------
    text
        The card.
    where
        Its name in messages.

    Returns
    -------
    The block with its markers; an empty string where there is none.

    Raises
    ------
    InputError
        When the markers are not one pair.
    """
    lines = lines_of(text.removeprefix(MARK))
    place = find_place(lines, where)
    return "\n".join(map(bare, lines[place.first : place.last]))


def with_block(text: str, block: str, where: str = "README.md") -> str:
    """Return a card with a block in its place, whose lines end as those of the card do.

    Parameters
    ----------
    text
        The card.
    block
        The block, with its markers, as `block_in` returns it.
    where
        Name of the card in messages.

    Raises
    ------
    InputError
        When the markers are not one pair, or no reader of Markdown would see the block, as
        something above it is not closed.
    """
    mark = MARK if text.startswith(MARK) else ""
    lines = lines_of(text.removeprefix(MARK))
    place = find_place(lines, where)
    written = mark + _put(lines, place, block)
    if not _is_seen(written, block):
        raise InputError(
            f"{where}: line {place.first + 1:,}: what is put here would not be seen as Markdown",
            hint="close the code, comment or HTML above it, or write the two markers elsewhere",
        )
    return written


def _is_seen(text: str, block: str) -> bool:
    try:
        return block_in(text) == block
    except InputError:  # half of it is within what is not closed
        return False


def _put(lines: list[str], place: Place, block: str) -> str:
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
