import shutil
import subprocess
import sys
from pathlib import Path

import minisign
import pytest

from labelaudit.errors import InputError
from labelaudit.release.signature import check_signature
from labelaudit.release.sums import sums_of, sums_text

# Made by the reference program, minisign 0.11: SHA256SUMS prehashed, report.json as before 0.10.
SIGNED = Path(__file__).parent / "signed"


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Return the report of a folder that the reference program signed."""
    shutil.copytree(SIGNED, tmp_path / "release")
    return tmp_path / "release" / "report.json"


def key_of(report: Path) -> str:
    return str(report.with_name("minisign.pub"))


def test_what_the_reference_program_signed_is_of_its_key(release: Path) -> None:
    found = check_signature(release, key_of(release))
    assert not found.differences
    assert not found.unchecked
    assert [line.partition(":")[0] for line in found.checked] == [
        "SHA256SUMS.minisig",
        "report.json.minisig",
    ]
    assert "a release" in found.checked[0]
    second_line = Path(key_of(release)).read_text().splitlines()[1]
    assert check_signature(release, second_line) == found


def test_every_changed_byte_of_what_is_signed_and_of_the_signature_is_told(release: Path) -> None:
    key = key_of(release)
    for name in ("SHA256SUMS", "SHA256SUMS.minisig", "report.json.minisig"):
        file = release.with_name(name)
        content = file.read_bytes()
        first = content.index(b"\n") + 1 if name.endswith("minisig") else 0  # a comment is free
        for at in range(first, len(content) - 1, 7):
            file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            assert check_signature(release, key).differences, (name, at)
        file.write_bytes(content)
    assert not check_signature(release, key).differences


def test_another_report_beside_signed_sums_is_told(release: Path) -> None:
    release.with_name("report.json.minisig").unlink()
    release.write_text('{"made": "by somebody else"}\n')
    (wrong,) = check_signature(release, key_of(release)).differences
    assert wrong.said == "is of SHA256SUMS, which does not list this report.json"


def test_a_signature_of_the_report_alone_says_so(release: Path) -> None:
    release.with_name("SHA256SUMS.minisig").unlink()
    found = check_signature(release, key_of(release))
    assert not found.differences
    assert found.unchecked == (
        "who issued the files beside it: report.json.minisig is of report.json alone",
    )


def test_no_signature_is_a_difference_and_so_is_one_of_another_key(release: Path) -> None:
    stranger = minisign.KeyPair.generate().public_key.to_base64().decode()
    wrong = check_signature(release, stranger).differences
    assert [each.name for each in wrong] == ["SHA256SUMS.minisig", "report.json.minisig"]
    for name in ("SHA256SUMS.minisig", "report.json.minisig"):
        release.with_name(name).unlink()
    (missing,) = check_signature(release, key_of(release)).differences
    assert missing.said == "there is neither SHA256SUMS.minisig nor report.json.minisig"


@pytest.mark.parametrize("said", ["", "no key", "x" * 5000, "\0", "RWQ" + "A" * 52, "."])
def test_what_is_no_key_is_refused(release: Path, said: str) -> None:
    with pytest.raises(InputError, match="--public-key"):
        check_signature(release, said)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x" * 20_000, b"a\nb\nc\nd\n"])
def test_what_is_no_signature_is_a_difference(release: Path, content: bytes) -> None:
    release.with_name("SHA256SUMS.minisig").write_bytes(content)
    (wrong,) = check_signature(release, key_of(release)).differences
    assert wrong.name == "SHA256SUMS.minisig"


def test_without_the_library_the_install_line_is_told(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "minisign", None)
    with pytest.raises(InputError, match=r"labelaudit\[sign\]"):
        check_signature(release, key_of(release))


def test_the_reference_program_reads_what_the_library_writes_and_the_other_way(
    tmp_path: Path,
) -> None:
    program = shutil.which("minisign")
    if program is None:
        pytest.skip("there is no minisign on this machine")
    report = tmp_path / "report.json"
    report.write_text("{}\n")
    sums = tmp_path / "SHA256SUMS"
    sums.write_text(sums_text(sums_of({"report.json": report.read_bytes()})))
    public, secret = tmp_path / "minisign.pub", tmp_path / "secret"
    made = [program, "-G", "-W", "-p", str(public), "-s", str(secret)]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    signing = [program, "-S", "-s", str(secret), "-m", str(sums), str(report), "-t", "said"]
    subprocess.run(signing, check=True, capture_output=True, timeout=60)
    assert len(check_signature(report, str(public)).checked) == 2
    with minisign.SecretKey.from_file(secret) as key:
        (tmp_path / "SHA256SUMS.minisig").write_bytes(bytes(key.sign(sums.read_bytes())) + b"\n")
    subprocess.run(
        [program, "-V", "-p", str(public), "-m", str(sums)],
        check=True,
        capture_output=True,
        timeout=60,
    )
