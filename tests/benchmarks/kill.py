"""Kill scans at random moments, let each be run again, and compare with one that was not.

Run ``python tests/benchmarks/kill.py DATA [--kills 20] [--shard 64] [--real 5]``. Each scan has a
cache of its own, is killed (SIGKILL, with its process group) at a moment drawn from the time that
an unbroken one takes, and is then run to its end. Only kills after the reading of images began
count. ``report.json`` (outside ``run``), ``report.html`` (without its lines about the run),
``items.parquet``, ``issues.parquet``, ``issues.csv`` and ``label.svg`` have to be those of the
unbroken scan; exits with 1 when one is not. Shards are small, so that there are some to keep; the
last kills (``--real``) are of scans with labelaudit's own size.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCAN = """
import sys
import labelaudit.embeddings.store.store as store
from labelaudit.cli import main
store.SHARD = int(sys.argv.pop(1)) or store.SHARD
main()
"""

FILES = ("items.parquet", "issues.parquet", "issues.csv", "label.svg")
OF_THE_RUN = re.compile(
    rb"<dt>(Scanned|Started|Seconds|Taken from the cache)</dt>.*?</dd>", flags=re.DOTALL
)


def start(data: Path, where: Path, shard: int, extra: list[str]) -> "subprocess.Popen[bytes]":
    """Start a scan that writes to a folder; its standard error goes to a file there."""
    where.mkdir(exist_ok=True)
    arguments = ["scan", str(data), "-o", str(where / "out"), "--cache", str(where / "cache")]
    with (where / "stderr").open("wb") as stderr:
        return subprocess.Popen(
            [sys.executable, "-c", SCAN, str(shard), *arguments, *extra],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )


def finished(data: Path, where: Path, shard: int, extra: list[str]) -> dict[str, object]:
    """Scan to the end, and return everything that must not differ, and the images from the cache.

    The latter are under ``n_from_cache``.
    """
    if start(data, where, shard, extra).wait():
        raise SystemExit((where / "stderr").read_text())
    out = where / "out"
    report = json.loads((out / "report.json").read_text())
    found = {"n_from_cache": report.pop("run")["n_from_cache"], "report.json": report}
    found["report.html"] = OF_THE_RUN.sub(b"", (out / "report.html").read_bytes())
    return found | {name: (out / name).read_bytes() for name in FILES}


def kill_after(seconds: float, data: Path, where: Path, shard: int, extra: list[str]) -> str:
    """Start a scan, kill it, and return its stage; nothing when it had ended or read no image."""
    scan = start(data, where, shard, extra)
    try:
        scan.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(scan.pid, signal.SIGKILL)
        scan.wait()
    if scan.returncode != -signal.SIGKILL:
        return ""
    text = (where / "stderr").read_text()
    return text.splitlines()[-1] if "reading images" in text else ""


def main() -> int:
    """Print a line a kill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--shard", type=int, default=64, help="images of a shard of the store")
    parser.add_argument("--real", type=int, default=5, help="kills with shards of the real size")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--extra", nargs=argparse.REMAINDER, default=[], help="options of scan")
    said = parser.parse_args()
    moments = random.Random(said.seed)  # noqa: S311 - not cryptography
    n_different = n_kept = 0
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        whole = finished(said.data, Path(folder, "whole"), said.shard, said.extra)
        seconds = time.monotonic() - started
        print(f"unbroken: {seconds:.1f} s", flush=True)
        for at in range(said.kills):
            shard = 0 if at >= said.kills - said.real else said.shard
            where, moment, stage = Path(), 0.0, ""
            while not stage:  # a scan may end before the moment that was drawn, or not yet read
                where, moment = Path(tempfile.mkdtemp(dir=folder)), moments.uniform(0, seconds)
                stage = kill_after(moment, said.data, where, shard, said.extra)
            had_shards = any((where / "cache").glob("**/*.npy"))
            again = finished(said.data, where, shard, said.extra)
            known = again.pop("n_from_cache")
            different = [name for name, content in again.items() if content != whole[name]]
            n_different += bool(different)
            n_kept += had_shards
            verdict = f"DIFFERENT: {', '.join(different)}" if different else "same"
            size = shard or "real"
            print(
                f"{at + 1:3} {moment:6.2f} s  shards of {size:>4}  "
                f"{known:6} kept  {verdict}  {stage}",
                flush=True,
            )
    print(
        f"{said.kills} kills after reading began, {n_kept} with shards kept,"
        f" {said.kills - n_different} the same"
    )
    return int(n_different > 0)


if __name__ == "__main__":
    sys.exit(main())
