"""Who issued a report: detached signatures in minisign's format, by an existing library.

One over ``SHA256SUMS`` is of all files of a release; one over the report alone serves those who
hold no other file.
"""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labelaudit.errors import InputError
from labelaudit.release.sums import SUMS, parsed_sums
from labelaudit.release.verify.outcome import Difference, Found

if TYPE_CHECKING:
    from minisign import PublicKey

SUFFIX: Final = ".minisig"
SHOWN: Final = 200  # characters of what was given in a message
LARGEST: Final = 10_000  # bytes of a key or a signature


def signatures_beside(report: Path) -> list[Path]:
    """Return the signatures that lie beside a report, that of all files first."""
    found = [report.with_name(name + SUFFIX) for name in (SUMS, report.name)]
    return [each for each in found if each.is_file()]


def check_signature(report: Path, public_key: str) -> Found:
    """Hold the signatures beside a report against a key.

    Parameters
    ----------
    report
        The report.json.
    public_key
        The key in base64, or the file that holds it.

    Returns
    -------
    A difference where there is no signature, or where one is not of this key and these bytes.

    Raises
    ------
    InputError
        When the key is none, or the library is not installed.
    """
    key = _public_key(public_key)
    signatures = signatures_beside(report)
    if not signatures:
        said = f"there is neither {SUMS}{SUFFIX} nor {report.name}{SUFFIX}"
        return Found(differences=(Difference("signature", report.name, said),))
    checked, differences = [], []
    for file in signatures:
        comment, wrong = _verified(key, report, file)
        if wrong:
            differences.append(Difference("signature", file.name, wrong))
        else:
            checked.append(f"{file.name}: signed with this key; its comment: {comment}")
    alone = signatures[0].name != SUMS + SUFFIX
    said = f"who issued the files beside it: {signatures[0].name} is of {report.name} alone"
    return Found(tuple(checked), (said,) if alone else (), tuple(differences))


def _verified(key: "PublicKey", report: Path, file: Path) -> tuple[str, str]:
    """Return the signed comment of a signature, and what is wrong with it."""
    minisign = _library()
    signed = file.with_name(file.name.removesuffix(SUFFIX))
    try:
        signature = minisign.Signature.from_bytes(_small(file))
        content = signed.read_bytes()
        key.verify(content, signature)
    except minisign.VerifyError as error:
        return "", f"is not of this key and this {signed.name}: {error}"
    except (minisign.Error, OSError, InputError) as error:
        return "", f"cannot be read: {error}"
    if signed.name == SUMS and not _lists(content, report):
        return "", f"is of {SUMS}, which does not list this {report.name}"
    return signature.trusted_comment, ""


def _lists(sums: bytes, report: Path) -> bool:
    """Return whether sums hold that of a report."""
    try:
        return parsed_sums(sums).get(report.name) == sha256(report.read_bytes()).hexdigest()
    except InputError:
        return False


def _public_key(said: str) -> "PublicKey":
    minisign = _library()
    try:
        if Path(said).is_file():
            return minisign.PublicKey.from_bytes(_small(Path(said)))
        return minisign.PublicKey.from_base64(said)
    except (ValueError, OSError) as error:  # the library's own errors are ValueErrors
        raise InputError(
            f"--public-key {said[:SHOWN]}: no key of minisign: {str(error)[:SHOWN]}",
            hint="give the file minisign.pub of who issued the report, or its second line",
        ) from error


def _library() -> Any:  # noqa: ANN401 - a module without types
    """Return the library that reads minisign's format; few need it, so it is an extra."""
    try:
        import minisign
    except ImportError as error:
        raise InputError(
            "--public-key: signatures are read by py-minisign, which is not installed",
            hint="install it with: pip install 'labelaudit[sign]'",
        ) from error
    return minisign


def _small(file: Path) -> bytes:
    """Return the content of a key or a signature."""
    with file.open("rb") as opened:
        content = opened.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise InputError(f"{file}: larger than any key or signature", hint="check the path")
    return content
