"""A git repository with a labelled dataset, to open pull requests against."""

import csv
import os
import runpy
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.datasets import load_digits

CHECKOUT: Final = Path(__file__).parents[2]
SAMPLE: Final = CHECKOUT / "sample_data"
MAKE: Final = runpy.run_path(str(SAMPLE / "make.py"))  # the script that wrote the sample
NAMES: Final[list[str]] = MAKE["NAMES"]

POLICY: Final = """\
[gate.findings]
suspects = 0
exact_duplicates = 0
contradictory_duplicates = 0
duplicates_across_splits = 0
"""
N_NEAREST: Final = 5
MANIFEST: Final = "data/metadata.csv"
AS_ANYBODY: Final = {
    "GIT_AUTHOR_NAME": "Anybody",
    "GIT_AUTHOR_EMAIL": "anybody@example.org",
    "GIT_COMMITTER_NAME": "Anybody",
    "GIT_COMMITTER_EMAIL": "anybody@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


class Repository:
    """A repository whose folder ``data`` holds the sample, the rows of its manifest at hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of_sample(cls, folder: Path) -> "Repository":
        """Make a repository of the sample data with a policy, on its branch ``main``."""
        (folder / "data").mkdir(parents=True)
        shutil.copytree(SAMPLE / "images", folder / "data/images")
        shutil.copyfile(SAMPLE / "metadata.csv", folder / MANIFEST)
        (folder / "labelaudit.toml").write_text(POLICY, encoding="utf-8")
        (folder / ".gitignore").write_text("labelaudit-report/\n.labelaudit-cache/\n")
        made = cls(folder)
        made.git("init", "--quiet", "--initial-branch=main")
        made.commit("The sample, and a policy")
        return made

    def git(self, *arguments: str) -> str:
        """Run git in the repository; return what it prints."""
        return run("git", *arguments, where=self.folder)

    def commit(self, message: str) -> None:
        """Commit all there is."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def clone(self, folder: Path, branch: str = "") -> "Repository":
        """Return a copy of its own, on a new branch where one is named."""
        run("git", "clone", "--quiet", str(self.folder), str(folder), where=self.folder)
        made = Repository(folder)
        if branch:
            made.git("checkout", "--quiet", "-b", branch)
        return made

    def rows(self) -> list[dict[str, str]]:
        """Return the rows of the manifest."""
        with (self.folder / MANIFEST).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def write(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Write the manifest."""
        rows = list(rows)
        with (self.folder / MANIFEST).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def add(self, digits: Mapping[int, str]) -> list[str]:
        """Add digits of the source under these labels; return their paths."""
        images = load_digits().images
        paths = {number: f"images/new-{number:04d}.png" for number in digits}
        for number, path in paths.items():
            (self.folder / "data" / path).write_bytes(MAKE["png"](images[number]))
        new = [
            {"file_name": paths[number], "label": label, "split": "train"}
            for number, label in digits.items()
        ]
        self.write([*self.rows(), *new])
        return list(paths.values())

    def copy(self, paths: Iterable[str]) -> list[str]:
        """Add a copy of images of the dataset, each with its label and split."""
        rows = {row["file_name"]: row for row in self.rows()}
        copies = {path: f"images/again-{Path(path).name}" for path in paths}
        for path, name in copies.items():
            shutil.copyfile(self.folder / "data" / path, self.folder / "data" / name)
        new = [{**rows[path], "file_name": name} for path, name in copies.items()]
        self.write([*rows.values(), *new])
        return list(copies.values())


def run(
    *command: str, where: Path, code: int = 0, variables: Mapping[str, str] | None = None
) -> str:
    """Run a program in a folder; return what it prints, and check how it ends."""
    ran = subprocess.run(
        command,
        cwd=where,
        env={**os.environ, **AS_ANYBODY, "NO_COLOR": "1", "COLUMNS": "100", **(variables or {})},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert ran.returncode == code, ran.stdout + ran.stderr
    return ran.stdout


def unused_digits() -> np.ndarray:
    """Return the numbers of the source's digits that the sample has not, but for its rare class."""
    used = {int(path.stem) for path in (SAMPLE / "images").glob("[0-9]*.png")}
    targets = load_digits().target
    return np.array(
        [n for n in range(len(targets)) if n not in used and NAMES[targets[n]] != MAKE["RARE"]]
    )


def true_label(number: int) -> str:
    """Return the label that the source gives to a digit."""
    return NAMES[int(load_digits().target[number])]


def clear_digits() -> np.ndarray:
    """Return those unused digits whose nearest images in the sample are all of their class.

    Nearest by their 8 x 8 pixels, which no model of labelaudit sees.
    """
    digits, unused = load_digits(), unused_digits()
    known = np.setdiff1d(np.arange(len(digits.target)), unused)
    used = {int(path.stem) for path in (SAMPLE / "images").glob("[0-9]*.png")}
    known = np.array([number for number in known if number in used])
    apart = ((digits.data[unused][:, None] - digits.data[known][None]) ** 2).sum(axis=2)
    nearest = known[np.argsort(apart, axis=1)[:, :N_NEAREST]]
    alike = (digits.target[nearest] == digits.target[unused][:, None]).all(axis=1)
    clear: np.ndarray = unused[alike]
    return clear
