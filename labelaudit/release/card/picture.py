"""The label as the picture of a card, which says what it was drawn from."""

import struct
from hashlib import sha256
from typing import Final
from zlib import crc32

from labelaudit.render.png import to_png
from labelaudit.render.svg import to_svg
from labelaudit.report import Report

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
HEADER_ENDS: Final = len(SIGNATURE) + 25  # length, name, 13 bytes and checksum of the first chunk
KEYWORD: Final = b"labelaudit-svg-sha256\x00"


def picture(report: Report) -> bytes:
    """Return the label of a report as a PNG that holds the SHA-256 of its SVG.

    Parameters
    ----------
    report
        Any report.
    """
    png = to_png(report)
    data = KEYWORD + _drawn_from(report)
    chunk = b"tEXt" + data
    text = struct.pack(">I", len(data)) + chunk + struct.pack(">I", crc32(chunk))
    return png[:HEADER_ENDS] + text + png[HEADER_ENDS:]


def is_of(png: bytes, report: Report) -> bool:
    """Return whether a picture is the label of a report, on whatever machine it was drawn.

    Fonts and libraries differ between machines, and so do the pixels; the SVG does not.

    Parameters
    ----------
    png
        Content of a file.
    report
        Any report.
    """
    found = png[HEADER_ENDS + 4 :]
    return png.startswith(SIGNATURE) and found.startswith(b"tEXt" + KEYWORD + _drawn_from(report))


def _drawn_from(report: Report) -> bytes:
    return sha256(to_svg(report).encode()).hexdigest().encode()
