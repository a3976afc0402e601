# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command share: running $WEIR with pipes or on a terminal, and counting checks."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import traceback

WEIR = os.environ.get("WEIR", "build/release/weir")
SECONDS_MAX = 60  # for one run
# libedit keeps the names of functions that are added to it.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"


def weir(*arguments, stdin="", seconds_max=SECONDS_MAX, **variables):
    """(exit status, standard output, standard error) as text."""
    given = stdin if isinstance(stdin, bytes) else stdin.encode()
    done = subprocess.run([WEIR, *arguments], input=given, capture_output=True, timeout=seconds_max, env={**os.environ, **variables})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Pipes:
    """A running command; what it is told and what it says come piece by piece."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([WEIR, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.out = b""

    def tell(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def hear(self, expected, seconds=10):
        """Waits until standard output holds the text; false when it does not come."""
        end = time.monotonic() + seconds
        while expected.encode() not in self.out:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not piece:
                return False
            self.out += piece
        return True

    def end(self):
        self.process.stdin.close()
        self.process.stdin = None
        out, err = self.process.communicate(timeout=SECONDS_MAX)
        return self.process.returncode, (self.out + out).decode(), err.decode()


class Terminal:
    """The command on a terminal of its own."""

    def __init__(self, *arguments, rows=24, columns=100, **variables):
        self.out = ""
        self.state = tempfile.mkdtemp() if "XDG_STATE_HOME" not in variables else variables["XDG_STATE_HOME"]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm", "XDG_STATE_HOME": self.state, "NO_COLOR": "1", **variables})
            os.execv(WEIR, [WEIR, *arguments])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def tell(self, text):
        os.write(self.fd, text.encode())

    def read(self, seconds):
        """False at the end."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return True
        try:
            piece = os.read(self.fd, 65536)
        except OSError:  # how Linux says that the other side has gone
            piece = b""
        self.out += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)

    def hear(self, expected, seconds=10):
        """Waits for the text after what was heard before, and forgets up to its end."""
        end = time.monotonic() + seconds
        while expected not in self.out and time.monotonic() < end and self.read(0.1):
            pass
        before, found, self.out = self.out.partition(expected) if expected in self.out else (self.out, "", self.out)
        self.heard = before + found
        return bool(found)

    def end(self, seconds=20):
        """The exit status; None (and the process is ended) when it goes on."""
        stop = time.monotonic() + seconds
        while time.monotonic() < stop and self.read(0.1):
            pass
        while time.monotonic() < stop:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.05)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return None


def equal(found, expected, what=""):
    assert found == expected, f"{what}\n  found    {found!r}\n  expected {expected!r}"


def contains(text, part):
    assert part in text, f"{part!r} is not in\n{text}"


def main(names):
    """Runs every test_* function of the caller."""
    tests = [(name, function) for name, function in sorted(names.items()) if name.startswith("test_")]
    failed = 0
    for name, function in tests:
        try:
            function()
        except Exception:
            failed += 1
            print(f"--- {name}")
            traceback.print_exc(file=sys.stdout)
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
