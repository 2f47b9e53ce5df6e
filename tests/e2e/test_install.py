"""The wheel, installed where nothing else of the project is."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_wheel_scans_from_another_folder(tmp_path: Path, sample_data: Path) -> None:
    pip = [sys.executable, "-m", "pip"]
    build = ["wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(CHECKOUT)]
    subprocess.run([*pip, *build], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "labelaudit/templates/label.html",
        "labelaudit/schema/report-1.json",
        "labelaudit/embeddings/builtin/builtin.onnx",
        "labelaudit/embeddings/builtin/builtin.json",
        "labelaudit/py.typed",
    } <= names
    assert not any(name.startswith(("tests/", "sample_data/", "templates/")) for name in names)
    site = tmp_path / "site"
    install = ["install", "--quiet", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run([*pip, *install], check=True)
    program = (
        f"import sys; sys.path.insert(0, {str(site)!r});"
        "import labelaudit; assert 'site' in labelaudit.__file__, labelaudit.__file__;"
        f"sys.argv = ['labelaudit', 'scan', {str(sample_data)!r}, '--no-cache', '--quiet'];"
        "from labelaudit.cli import main; main()"
    )
    subprocess.run([sys.executable, "-P", "-c", program], cwd=tmp_path, check=True)
    assert (tmp_path / "labelaudit-report" / "report.html").stat().st_size > 10_000
