"""Files as a zip whose bytes are those of the files alone: no time, no user, no order of a disk."""

import io
import zipfile
from collections.abc import Mapping
from typing import Final

FOLDER: Final = "labelaudit-report"
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first moment that the format can name
UNIX: Final = 3
MODE: Final = 0o100644 << 16  # a plain file that its owner may write and all may read
BEST: Final = 9


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip, in a folder of their own; the same bytes for the same files.

    Two versions of zlib may compress differently: the sums are those of the files, not of the zip.

    Parameters
    ----------
    files
        Content by name.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{FOLDER}/{name}", EARLIEST)
            info.create_system = UNIX
            info.external_attr = MODE
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, files[name], compresslevel=BEST)
    return out.getvalue()
