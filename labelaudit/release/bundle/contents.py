"""What goes into a bundle: what belongs to the report, and nothing that only lies beside it."""

import json
from collections.abc import Mapping
from fnmatch import fnmatch
from hashlib import sha256
from typing import Final

from labelaudit.errors import InputError, some
from labelaudit.release.bundle.about import environment_json, readme
from labelaudit.release.bundle.policy import policy_toml
from labelaudit.release.sums import MORE_SUMS, SUMS, parsed_sums, sums_of, sums_text
from labelaudit.render.files import RENDERINGS, rendered_files
from labelaudit.report import Report

REPORT: Final = "report.json"
SIGNATURE: Final = f"{SUMS}.minisig"
OF_REPORT_ALONE: Final = f"{REPORT}.minisig"
GATE: Final = "gate.json"
README: Final = "README.txt"
NAMING_ITEMS: Final = ("*.parquet", "issues.csv", "review*", "*verdicts*.csv")
OF_ITEMS: Final = ("issues.csv", "issues.parquet", "items.parquet")
AGAIN: Final = "labelaudit render REPORT writes its files anew, and a new scan all of them"


def names_beside(sums: bytes | None) -> tuple[str, ...]:
    """Return the files beside a report that a bundle may be made of.

    Parameters
    ----------
    sums
        Content of ``SHA256SUMS`` beside the report; None where there is none.

    Raises
    ------
    InputError
        When it is no list of sums.
    """
    listed = parsed_sums(sums) if sums is not None else {}
    return tuple(sorted({*listed, *OF_ITEMS, SUMS, SIGNATURE, OF_REPORT_ALONE, GATE} - {REPORT}))


def contents(report: Report, source: bytes, beside: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a bundle, by name.

    The files that ``SHA256SUMS`` lists are taken as they are, if they are as it says; without that
    list, what a report alone makes is made. A policy, the versions and a list of sums over all of
    it are added. Where the list is signed, it stays as it is, and what is added has a list of its
    own.

    Parameters
    ----------
    report
        The report.
    source
        Its JSON, as it is in the file.
    beside
        Content of the files that lie beside it, as far as `names_beside` names them.

    Raises
    ------
    InputError
        When a file beside it is not of this report, or names items which the report does not.
    """
    files = {REPORT: source}
    if SUMS in beside:
        sums = parsed_sums(beside[SUMS])
        _refuse_strangers(sums, {**beside, REPORT: source})
        files |= {name: beside[name] for name in sums if name != REPORT}
    else:
        _refuse_unlisted([name for name in (*OF_ITEMS, SIGNATURE) if name in beside])
        files |= rendered_files(report, names=RENDERINGS.keys() - {REPORT})
    if OF_REPORT_ALONE in beside:
        files[OF_REPORT_ALONE] = beside[OF_REPORT_ALONE]
    if GATE in beside and GATE not in files:
        files[GATE] = _of_this_report(beside[GATE], report)
    if report.privacy == "public":
        _refuse_items(files)
    made = {
        "environment.json": environment_json(report).encode(),
        "policy.toml": policy_toml(report).encode(),
    }
    if SIGNATURE not in beside:
        files |= made
        files[README] = readme(report, {*files, SUMS} - {README}).encode()
        return {**files, SUMS: sums_text(sums_of(files)).encode()}
    signed = {name: beside[name] for name in (SUMS, SIGNATURE)}
    files = {**made, **files}  # what is signed stays
    files.setdefault(README, readme(report, {*files, *signed, MORE_SUMS}).encode())
    more = {name: files[name] for name in files if name not in parsed_sums(beside[SUMS])}
    return {**files, **signed, MORE_SUMS: sums_text(sums_of(more)).encode()}


def _refuse_strangers(sums: Mapping[str, str], there: Mapping[str, bytes]) -> None:
    """Raise when a file is not as the list says, is missing, or is an unlisted table of items."""
    if sums.get(REPORT) != sha256(there[REPORT]).hexdigest():
        raise InputError(
            f"{SUMS}: is not of this report, but of another or of an earlier one", hint=AGAIN
        )
    problems = [f"{name}: is missing" for name in sums if name not in there]
    problems += [
        f"{name}: is not the file that {SUMS} lists; it was edited, or is of another scan"
        for name, listed in sums.items()
        if name in there and sha256(there[name]).hexdigest() != listed
    ]
    problems += [
        f"{name}: {SUMS} does not list it, so nobody can tell whether it is of this scan"
        for name in OF_ITEMS
        if name in there and name not in sums
    ]
    if problems:
        raise InputError(
            "files beside the report do not belong to it", details=problems, hint=AGAIN
        )


def _refuse_unlisted(tables: list[str]) -> None:
    if tables:
        raise InputError(
            f"{some(tables)}: there is no {SUMS} beside, so nobody can tell whether they are of "
            "this report",
            hint="scan again, which writes one, or move these files away",
        )


def _refuse_items(files: Mapping[str, bytes]) -> None:
    """Raise when a file of a public report's bundle names items."""
    found = sorted(name for name in files if any(fnmatch(name, each) for each in NAMING_ITEMS))
    if found:
        raise InputError(
            f"{some(found)}: name items, and the report is public",
            hint="labelaudit render REPORT --privacy public -o FOLDER makes a folder without them",
        )


def _of_this_report(gate: bytes, report: Report) -> bytes:
    """Return what a gate said, if it said it of this report.

    Raises
    ------
    InputError
        When it is of other data, other numbers or of a report that shows more.
    """
    try:
        said = json.loads(gate)
        numbers = [
            (each["limit"]["measure"], each["limit"]["value"], each["found"]["value"])
            for each in said["rulings"]
            if each["limit"] and each["found"] and _is_of_the_whole(each["limit"])
        ]
        same = (said["digest"], said["privacy"]) == (report.dataset.digest, report.privacy)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{GATE}: is not what a gate writes", hint="run the gate again") from error
    known = {
        (found.name, value.name): value.value for found in report.measures for value in found.values
    }
    if not same or any(known.get((measure, name)) != value for measure, name, value in numbers):
        raise InputError(
            f"{GATE}: is of another report",
            hint="run labelaudit gate on this one, or move the file away",
        )
    return gate


def _is_of_the_whole(limit: Mapping[str, object]) -> bool:
    return limit["class_name"] is None and limit["split"] is None
