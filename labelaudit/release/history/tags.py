"""The report at every tag of a git repository."""

import os
import subprocess
from pathlib import Path
from typing import Final

from labelaudit.errors import InputError
from labelaudit.release.history.parts import Skipped
from labelaudit.render.json import from_json
from labelaudit.report import Report

TAGS: Final = "refs/tags/"
HINT: Final = "name a report.json within a clone of the repository, as it is called at the tags"


def tagged_reports(file: Path) -> tuple[list[tuple[str, Report]], list[Skipped]]:
    """Return the reports that a file was at the tags of its repository, and the tags without one.

    Nothing is checked out and nothing is fetched.

    Parameters
    ----------
    file
        A report within a working tree, whether it is there now or not.

    Raises
    ------
    InputError
        When it is in no git repository, or there is no git.
    """
    folder = next((each for each in file.parents if each.is_dir()), Path())
    name = file.relative_to(folder).as_posix()
    listed = _git(folder, "for-each-ref", "--format=%(refname)", TAGS)
    if listed.returncode:
        said = listed.stderr.decode(errors="replace").partition("\n")[0]
        raise InputError(f"{file}: git lists no tags: {said}", hint=HINT)
    found, skipped = [], []
    for reference in listed.stdout.decode(errors="replace").splitlines():
        where = f"{reference.removeprefix(TAGS)}/{file.name}"
        read = _git(folder, "cat-file", "blob", f"{reference}:./{name}")
        if read.returncode:
            skipped.append(Skipped(file=where, reason="the tag has no such file"))
            continue
        try:
            found.append((where, from_json(read.stdout.decode("utf-8-sig"), where)))
        except UnicodeDecodeError:
            skipped.append(Skipped(file=where, reason="cannot be read: no UTF-8"))
        except InputError as error:
            reason = error.message.removeprefix(f"{where}: ")
            skipped.append(Skipped(file=where, reason=reason))
    return found, skipped


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git without asking anything, of anybody."""
    quiet = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(  # noqa: S603 - arguments are references that git listed
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the user's own
            env=os.environ | quiet,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise InputError(
            f"--git: git cannot be run: {error.strerror or error}",
            hint="install git, or name a folder of reports",
        ) from error
