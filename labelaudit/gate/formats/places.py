"""Where a finding stands in a repository: at its line of the manifest, or its own file."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from labelaudit.gate.outcome import Finding
from labelaudit.report import Report


@dataclass(frozen=True, slots=True)
class Place:
    """A file of a repository, as a relative path, and a line of it where one is known."""

    path: str
    line: int | None = None

    @property
    def uri(self) -> str:
        """The path as a relative reference in the sense of RFC 3986."""
        return quote(self.path.encode("utf-8", "surrogatepass"), safe="/")


def place_of(report: Report, finding: Finding) -> Place:
    """Return where an item stands.

    That is its line of the manifest, which is in the repository where the files often are not; for
    a folder of files, and where several manifests leave open which one it is, the file itself.

    Parameters
    ----------
    report
        The report; ``run.data`` is how the dataset was named.
    finding
        A finding of it.
    """
    dataset = report.dataset
    several = ", " in dataset.manifest
    if not dataset.manifest or (several and dataset.format == "image_folder"):
        return Place(_within(_folder(report), finding.path))
    return Place(_manifest(report), None if several else finding.line)


def place_of_whole(report: Report) -> Place:
    """Return where to say what is of the whole dataset.

    That is its manifest, or the file of the policy, or the folder.

    Parameters
    ----------
    report
        The report.
    """
    if report.dataset.manifest:
        return Place(_manifest(report), 1)
    policy = report.policy.source
    if policy and not PurePosixPath(policy).is_absolute():
        return Place(_within(policy), 1)
    return Place(_folder(report))


def _manifest(report: Report) -> str:
    """Return the path of the manifest, the first of several."""
    data, name = report.run.data, report.dataset.manifest
    if PurePosixPath(data).name == PurePosixPath(name).name:
        return _within(data)
    return _within(data, name.removesuffix(", ...").partition(", ")[0])


def _folder(report: Report) -> str:
    return _within(report.run.data or report.dataset.name)


def _within(*paths: str) -> str:
    """Return a path that leads out of nowhere."""
    parts = [part for path in paths for part in path.replace("\\", "/").split("/")]
    kept = [part for part in parts if part not in {"", ".", ".."}]
    return "/".join(kept) or "."
