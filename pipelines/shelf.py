"""Where WARC files lie: in a folder, or in an object store with a folder before it in which they are written."""

from __future__ import annotations

import fcntl
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

ROTATE_BYTES = 1 << 30  # the customary size of a WARC file
# Schemes that can be written to, and the package of the driver that fsspec does not bring itself.
DRIVERS = {
    "s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "sftp": "paramiko", "ftp": None,
    "memory": None,
}  # fmt: skip


class CaptureError(Exception):
    """A capture could not be written or read back; the message is one line."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """WARC files by name, such as 20261122/dateline-….warc.gz; may be handed to other processes.

    `where` is a folder, or the URL of a store. A store cannot append, so files are written in the folder `spool`, and
    put away when they are complete; until then they are read there. `rotate_bytes` is the size after which a file is
    complete.
    """

    where: str
    spool: Path | None = None
    rotate_bytes: int = ROTATE_BYTES

    @classmethod
    def at(cls, where: str, spool: Path, rotate_bytes: int = ROTATE_BYTES) -> Shelf:
        """The shelf at a folder or URL; `spool` is used for a store alone. Raises ValueError saying what to write."""
        if fault := _fault(where):
            raise ValueError(fault)
        if where.startswith("file://"):
            where = urlsplit(where).path
        return cls(where.rstrip("/") or "/", spool if "://" in where else None, rotate_bytes)

    @property
    def bench(self) -> Path:
        """The folder in which files are written."""
        return self.spool or Path(self.where)

    def path(self, name: str) -> str:
        """Where a file is or will be, for messages."""
        return f"{self.where}/{name}"

    def create(self, name: str) -> io.FileIO:
        """Begin a file that is taken to be written for as long as it is open. Raises OSError."""
        path = self.bench / name
        path.parent.mkdir(parents=True, exist_ok=True)
        young = path.with_name(f"{path.name}.new")  # under its own name it is locked from the first moment
        file = young.open("wb", buffering=0)  # unbuffered: a failed write must not come back when it is closed
        fcntl.flock(file, fcntl.LOCK_EX)
        young.rename(path)
        return file

    @contextmanager
    def held(self, name: str) -> Iterator[bool]:
        """Whether no other process of this machine is writing or putting away the file; none will meanwhile."""
        try:
            file = (self.bench / name).open("rb")
        except FileNotFoundError:
            yield True
            return
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def read(self, name: str, offset: int, length: int) -> bytes:
        """So many bytes of a file, fewer at its end. Raises CaptureError."""
        with self._named(f"{self.path(name)} at byte {offset}"):
            try:
                with (self.bench / name).open("rb") as file:
                    file.seek(offset)
                    return file.read(length)
            except FileNotFoundError:
                if self.spool is None:
                    raise
                store, path = self._store(name)
                return bytes(store.cat_file(path, start=offset, end=offset + length))

    def exists(self, name: str) -> bool:
        """Whether there is such a file. Raises CaptureError where that cannot be told."""
        with self._named(self.path(name)):
            if (self.bench / name).exists() or self.spool is None:
                return (self.bench / name).exists()
            store, path = self._store(name)
            return bool(store.exists(path))

    @contextmanager
    def local(self, name: str) -> Iterator[BinaryIO]:
        """The whole file, to be read on this machine: fetched where it lies in a store. Raises CaptureError."""
        with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
            with self._named(self.path(name)):
                file = self._opened(name, Path(folder) / "warc")
            with file:
                yield file

    def _opened(self, name: str, copy: Path) -> BinaryIO:
        try:
            return (self.bench / name).open("rb")
        except FileNotFoundError:
            if self.spool is None:
                raise
            store, path = self._store(name)
            store.get_file(path, str(copy))
            return copy.open("rb")

    def put_away(self, name: str) -> None:
        """Bring a complete file from the spool to the store; the caller holds it. Raises CaptureError, and it stays."""
        if self.spool is None or not (self.spool / name).exists():
            return
        with self._named(self.path(name)):
            self._mark(name).touch()
            store, path = self._store(name)
            store.put_file(str(self.spool / name), path)
            (self.spool / name).unlink()
            self._mark(name).unlink()

    def put_away_rest(self) -> None:
        """Put away what processes that were killed left in the spool. Raises CaptureError; the rest stays there."""
        for path in sorted(self.spool.glob("*/*.warc.gz")) if self.spool else ():
            name = f"{path.parent.name}/{path.name}"
            with self.held(name) as is_free:
                if is_free:
                    self.put_away(name)

    def remove(self, name: str) -> None:
        """Remove a file, wherever it is; one that is not there is no matter. Raises CaptureError."""
        with self._named(self.path(name)):
            (self.bench / name).unlink(missing_ok=True)
            if self.spool is not None:
                store, path = self._store(name)
                if store.exists(path):
                    store.rm_file(path)

    @contextmanager
    def written(self, name: str) -> Iterator[io.FileIO]:
        """A new file, put away at the end of the block; nothing stays of it where that fails. Raises CaptureError."""
        with self._named(self.path(name)):
            file = self.create(name)
        with file:
            try:
                with self._named(self.path(name)):
                    yield file
                    os.fsync(file.fileno())
                self.put_away(name)
            except CaptureError:
                (self.bench / name).unlink(missing_ok=True)
                raise

    def overwrite(self, name: str, offset: int, data: bytes) -> None:
        """Write over bytes of a file that another process of this machine appends to. Raises CaptureError."""
        with self._named(self.path(name)), (self.bench / name).open("r+b", buffering=0) as file:
            os.pwrite(file.fileno(), data, offset)
            os.fsync(file.fileno())
        if self._mark(name).exists() or not (self.bench / name).exists():
            raise CaptureError(f"{self.path(name)}: it is being put away")

    def _mark(self, name: str) -> Path:
        """A file that is there once the one of that name is being read to be put away: to write in it is too late."""
        return self.bench / f"{name}.away"

    def _store(self, name: str) -> tuple[Any, str]:
        """The file system of the store, and the file's path on it."""
        import fsspec  # here: who keeps captures in a folder does without

        store, path = fsspec.url_to_fs(self.path(name))
        store.invalidate_cache()  # other processes put files there
        return store, path

    @contextmanager
    def _named(self, what: str) -> Iterator[None]:
        """Turn what goes wrong into CaptureError."""
        try:
            yield
        except CaptureError:
            raise
        except OSError as error:
            raise CaptureError(f"{what}: {error.strerror or error}") from error
        except Exception as error:  # each driver raises what its own library does
            if self.spool is None:
                raise
            said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise CaptureError(f"{what}: {said}") from error


def _fault(where: str) -> str | None:
    """What is wrong with a folder or URL for captures, and what to write; null where nothing is."""
    scheme = urlsplit(where).scheme if "://" in where else ""
    if scheme in ("", "file"):
        path = Path(urlsplit(where).path if scheme else where)
        if not path.is_absolute():
            return f"{where!r} is a relative path; write an absolute one, or a URL such as s3://bucket/prefix"
        return f"{path} is not a folder" if path.exists() and not path.is_dir() else None
    if scheme not in DRIVERS:
        return f"{scheme}:// is no store that can be written to; known: file, {', '.join(DRIVERS)}"
    driver = DRIVERS[scheme]
    if driver and find_spec(driver) is None:
        return f"{scheme}:// needs the package {driver}: install it beside Dateline (uv pip install {driver})"
    if scheme != "memory" and not urlsplit(where).netloc:
        return f"{where!r} names no {'host' if 'ftp' in scheme else 'bucket'}; write {scheme}://NAME/prefix"
    return None
