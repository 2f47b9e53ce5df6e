"""Files of plain text: LICENSE by its title, VERSION by its one line."""

import re
from collections.abc import Iterator
from typing import Final

from labelaudit.report import Statement
from labelaudit.statements.papers import Kind
from labelaudit.statements.plain import states

LONGEST_TITLE: Final = 120
LONGEST_VERSION: Final = 60
SPDX: Final = re.compile(r"SPDX-License-Identifier:[ \t]*([A-Za-z0-9.+() -]{1,100})")
# The title that the text of a licence begins with, in lower case, and its SPDX identifier.
TITLES: Final = {
    "apache license version 2.0, january 2004": "Apache-2.0",
    "attribution 4.0 international": "CC-BY-4.0",
    "attribution-noncommercial 4.0 international": "CC-BY-NC-4.0",
    "attribution-noncommercial-noderivatives 4.0 international": "CC-BY-NC-ND-4.0",
    "attribution-noncommercial-sharealike 4.0 international": "CC-BY-NC-SA-4.0",
    "attribution-noderivatives 4.0 international": "CC-BY-ND-4.0",
    "attribution-sharealike 4.0 international": "CC-BY-SA-4.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "cc0 1.0 universal": "CC0-1.0",
    "community data license agreement - permissive - version 2.0": "CDLA-Permissive-2.0",
    "creative commons legal code cc0 1.0 universal": "CC0-1.0",
    "gnu general public license version 3, 29 june 2007": "GPL-3.0",
    "mit license": "MIT",
    "odc open database license (odbl)": "ODbL-1.0",
    "the mit license (mit)": "MIT",
}


def license_file(text: str, name: str) -> Iterator[Statement]:
    """Yield the licence that a file holds: its SPDX tag, else its title.

    The identifier is told only of a title that is exactly that of a known licence.
    """
    lines = [line.strip(" \t#*=") for line in text.splitlines()[:50]]
    lines = [line for line in lines if line]
    if tag := SPDX.search(text[:4000]):
        yield from states("license", tag[1], f"{name}: SPDX-License-Identifier")
    if lines:
        both = " ".join(lines[:2])
        title = both if both.lower() in TITLES else lines[0]
        known = TITLES.get(title.lower(), "")
        said = f"{title} (SPDX: {known})" if known else title[:LONGEST_TITLE]
        yield from states("license", said, f"{name}: title")


def version_file(text: str, name: str) -> Iterator[Statement]:
    """Yield the version that a file of one short line holds."""
    lines = [line.strip() for line in text.splitlines()[:50] if line.strip()]
    if len(lines) == 1 and len(lines[0]) <= LONGEST_VERSION:
        yield from states("version", lines[0], name)


LICENSE_FILE: Final = Kind(
    names=(
        *("license", "license.md", "license.txt", "licence", "licence.md", "licence.txt"),
        *("copying", "copying.txt"),
    ),
    states=license_file,
)
VERSION_FILE: Final = Kind(names=("version", "version.txt"), states=version_file)
