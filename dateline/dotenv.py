"""Writes .env for docker-compose.yml: random secrets that only their owner may read. Needs nothing but Python.

    python3 -m dateline.dotenv CONTACT

What is there already is left as it is.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
import sys
from pathlib import Path

USAGE = "say whom sites can ask about your crawler: make env CONTACT=mailto:you@example.org (or https://…)"

ENV = """\
# Settings and secrets of docker-compose.yml. Keep a copy where your backups are; keep it out of git.

# Whom sites can ask about your crawler. It is part of what every request says.
DATELINE_CONTACT={contact}

# Airflow, at http://127.0.0.1:8080: log in as admin with this password.
AIRFLOW_ADMIN_PASSWORD={admin}

# Between the services; letters, digits, - and _ only, since they are parts of addresses.
POSTGRES_PASSWORD={postgres}
DATELINE_DB_PASSWORD={archive}
READER_DB_PASSWORD={reader}
AIRFLOW_DB_PASSWORD={metadata}
REDIS_PASSWORD={redis}
AIRFLOW_FERNET_KEY={fernet}
AIRFLOW_JWT_SECRET={jwt}
AIRFLOW_SECRET_KEY={api}

# What may be changed; these are the defaults.
#DATELINE_WORKERS=2
#DATELINE_SCHEDULE=*/5 * * * *
#DATELINE_BATCH_SIZE=25
#SOURCES_FOLDER=./outlets
#AIRFLOW_PORT=8080
#AIRFLOW_URL=http://127.0.0.1:8080
#READER_PORT=8090
#READER_URL=http://127.0.0.1:8090
"""

SOURCES = """\
# Your outlets; only a name and an address are needed. The schedule reads this file anew each time it asks what is due.
#
# [[source]]
# name = "the-courier"
# url = "https://courier.example/"
"""


def content(contact: str) -> str:
    """A new .env, with secrets that nobody has had before."""
    return ENV.format(
        contact=contact,
        admin=secrets.token_urlsafe(12),
        postgres=secrets.token_urlsafe(24),
        archive=secrets.token_urlsafe(24),
        reader=secrets.token_urlsafe(24),
        metadata=secrets.token_urlsafe(24),
        redis=secrets.token_urlsafe(24),
        fernet=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        jwt=secrets.token_hex(32),
        api=secrets.token_hex(16),
    )


def write(path: Path, text: str, mode: int) -> bool:
    """Write a new file; False, and nothing done, where there is one."""
    try:
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8")
    except FileExistsError:
        print(f"{path} is there already: left as it is")
        return False
    with file:
        file.write(text)
    print(f"wrote {path}")
    return True


def main() -> None:
    """Write .env and an empty list of outlets in this folder, unless they are there."""
    env, outlets = Path(".env"), Path("outlets")
    contact = sys.argv[1] if len(sys.argv) == 2 else ""
    if not env.exists() and not re.fullmatch(r"(https?://|mailto:)[\w.@:/+~%-]+", contact):
        sys.exit(USAGE)
    outlets.mkdir(exist_ok=True)
    write(outlets / "sources.toml", SOURCES, 0o644)
    write(env, content(contact), 0o600)
    print("next: docker compose up --detach --wait")
    print("then: http://127.0.0.1:8080, as admin with the password AIRFLOW_ADMIN_PASSWORD in .env")
    print("what is stored: http://127.0.0.1:8090, for whoever can reach that port of this machine")


if __name__ == "__main__":
    main()
