# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of the test's own: made in a temporary folder, reached over a socket there, gone afterwards.

    with Postgres.start() as postgres:          None where the machine has none: print SKIP and count it
        postgres.run("SELECT 1, NULL, 'a b'")   [["1", None, "a b"]]
        postgres.run_each(["SELECT 1/0", ...])  for each a list of rows, or an Error(sqlstate, message)

Settings are those that Weir is compared with: UTC, ISO dates, collation C, UTF-8.
"""
import collections
import csv
import io
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

BINARIES = ["/usr/lib/postgresql/15/bin"]
NULL = "\\N"
AFTER_ROWS, AFTER_ERROR = "\x1d", "\x1e"  # separators that no text of a test holds
SETTINGS = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "timezone=UTC", "-c", "datestyle=ISO", "-c", "max_stack_depth=2MB"]

Error = collections.namedtuple("Error", "sqlstate message")


def find_binaries():
    return next((Path(path) for path in BINARIES if Path(path, "initdb").exists()), None)


class Postgres:
    @staticmethod
    def start():
        """A running server, or None where PostgreSQL 15 is not installed."""
        binaries = find_binaries()
        return Postgres(binaries) if binaries else None

    def __init__(self, binaries):
        self.binaries = binaries
        self.directory = tempfile.mkdtemp(prefix="weir-postgres-")
        # The server refuses to run as root: then it is run as the user of Debian's package.
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if self.user:
            os.chown(self.directory, self.user.pw_uid, self.user.pw_gid)
        self.run_program("initdb", "-D", "data", "-U", "weir", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.run_program("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", " ".join([*SETTINGS, "-k", self.directory]), "start")

    def run_program(self, name, *arguments):
        identity = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        done = subprocess.run([self.binaries / name, *arguments], cwd=self.directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, **identity)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stdout}")

    def psql(self, script, *options):
        command = [self.binaries / "psql", "-X", "-q", "-h", self.directory, "-U", "weir", "-d", "postgres", "--csv", "-t",
                   "-P", f"null={NULL}", *options]
        done = subprocess.run(command, input=script.encode(), capture_output=True, env={"LC_ALL": "C.UTF-8"})
        # Not as text: Python would make a line feed of a carriage return. A message of PostgreSQL may cut a character.
        done.stdout, done.stderr = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        return done

    def run(self, sql):
        """The rows of a script as lists of text, NULL as None; fails on the first error."""
        done = self.psql(sql, "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose")
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return read_rows(done.stdout)

    def run_each(self, statements):
        """For each statement its rows, or its Error; thousands in one session. A statement must not contain a line `\\gx`."""
        lines = []
        for statement in statements:
            lines += [statement.rstrip().rstrip(";") + ";", f"\\echo '{AFTER_ROWS}' :SQLSTATE :LAST_ERROR_MESSAGE '{AFTER_ERROR}'"]
        done = self.psql("\n".join(lines) + "\n")
        results = []
        for part in done.stdout.split(f" {AFTER_ERROR}\n")[:-1]:
            rows, _, error = part.partition(f"{AFTER_ROWS} ")
            sqlstate, _, message = error.partition(" ")
            results.append(read_rows(rows) if sqlstate == "00000" else Error(sqlstate, message))
        if len(results) != len(statements):
            raise RuntimeError(f"{len(results)} results of {len(statements)} statements: {done.stderr[-500:]}")
        return results

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.run_program("pg_ctl", "-D", "data", "-m", "immediate", "stop")
        shutil.rmtree(self.directory, ignore_errors=True)


def read_rows(text):
    """psql's CSV. NULL is the text \\N, so no text of a test may be that; a line that is empty is one empty value."""
    return [[None if value == NULL else value for value in row] or [""] for row in csv.reader(io.StringIO(text, newline=""))]
