"""The SHA-256 of each file of a release, as ``sha256sum --check`` reads them."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from labelaudit.errors import InputError

SUMS: Final = "SHA256SUMS"
MORE_SUMS: Final = f"{SUMS}-more"  # of what is added where the first list is signed
LINE: Final = re.compile(r"(?P<sum>[0-9a-f]{64}) [ *](?P<name>[^/\\\n]+)")
LONGEST: Final = 2**20  # bytes: thousands of files


def sums_text(sums: Mapping[str, str]) -> str:
    """Return the lines of some files, by name.

    Examples
    --------
    >>> sums_text({"b": "2" * 64, "a": "1" * 64}).splitlines()[0][60:]
    '1111  a'
    """
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def sums_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the sum of each file."""
    return {name: sha256(content).hexdigest() for name, content in files.items()}


def parsed_sums(content: bytes, where: str = SUMS) -> dict[str, str]:
    """Return the sums that a file holds, by the name of the file that each is of.

    Raises
    ------
    InputError
        When a line is none, or a name stands in it twice.
    """
    text = content[:LONGEST].decode(errors="replace")
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        said = LINE.fullmatch(line)
        if said is None or said["name"] in found:
            raise InputError(
                f"{where}: line {number}: expected a SHA-256, two spaces and a name of its own, "
                f"found {line[:80]!a}",
                hint="take the file from the release again, or remove it",
            )
        found[said["name"]] = said["sum"]
    return found
