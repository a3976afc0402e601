# SPDX-License-Identifier: Apache-2.0
"""What a user links: only functions of weir.h escape; C programs build with pkg-config, a CMake package, a static library,
in the build tree and installed."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("WEIR_BUILD", ROOT / "build/release"))
STATIC_LIBRARIES = ["-lxxhash", "-lpcre2-8", "-lutf8proc", "-lm"]
PROGRAM = """#include "weir.h"
int main(void) {
    weir_db *db = 0;
    if (weir_libversion() != WEIR_VERSION_NUMBER || weir_open(":memory:", 0, &db, 0) != WEIR_OK) return 1;
    return weir_close(db, 0) == WEIR_OK ? 0 : 2;
}
"""
CMAKE = """cmake_minimum_required(VERSION 3.20)
project(user C)
find_package(weir 0.1 REQUIRED)
add_executable(shared user.c)
target_link_libraries(shared weir::weir)
add_executable(static user.c)
target_link_libraries(static weir::weir_static)
"""


def run(*command, **variables):
    done = subprocess.run(list(map(str, command)), env={**os.environ, **variables}, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def defined(library, *options):
    """The defined symbols of a library, without their version; not the version node itself."""
    lines = run("nm", "--defined-only", *options, library).splitlines()
    return {fields[2].split("@")[0] for fields in map(str.split, lines) if len(fields) == 3 and fields[1] != "A"}


def test_exports():
    """The header's functions, no more and no less, in both libraries."""
    declared = set((BUILD / "weir.exports").read_text().split())
    assert declared == set(re.findall(r"WEIR_API [^;(]*?(weir_\w+)\(", (ROOT / "include/weir.h").read_text())), "exports.py missed some"
    for name, found in (("libweir.so", defined(BUILD / "libweir.so", "-D")), ("libweir.a", defined(BUILD / "libweir.a", "-g"))):
        assert found == declared, f"{name}: too many {sorted(found - declared)}, missing {sorted(declared - found)}"


def test_header_alone(directory):
    for compiler in (["cc", "-std=c99"], ["cc", "-std=c17"], ["clang", "-std=c11"], ["c++", "-xc++", "-std=c++17"]):
        if subprocess.run(["which", compiler[0]], capture_output=True).returncode == 0:
            run(*compiler, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", f"-I{ROOT}/include", directory / "user.c")


def test_pkg_config(directory):
    path = str(BUILD)
    flags = run("pkg-config", "--cflags", "--libs", "weir", PKG_CONFIG_PATH=path).split()
    assert not [flag for flag in flags if flag.startswith("-D")], "the flags of what the library is made of are none of the user's"
    run("cc", directory / "user.c", *flags, "-o", directory / "a")
    run(directory / "a", LD_LIBRARY_PATH=path)


def test_static(directory):
    run("cc", directory / "user.c", f"-I{ROOT}/include", BUILD / "libweir.a", *STATIC_LIBRARIES, "-o", directory / "b")
    assert "libweir" not in run("ldd", directory / "b")
    run(directory / "b")


def use_cmake(directory, prefix):
    (directory / "CMakeLists.txt").write_text(CMAKE)
    run("cmake", "-S", directory, "-B", directory / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", directory / "build")
    run(directory / "build/shared")
    run(directory / "build/static")


def test_cmake_build_tree(directory):
    use_cmake(directory, BUILD)


def test_installed(directory):
    prefix = directory / "prefix"
    run("cmake", "--install", BUILD, "--prefix", prefix)
    use_cmake(directory, prefix)
    flags = run("pkg-config", "--cflags", "--libs", "weir", PKG_CONFIG_PATH=next(prefix.rglob("weir.pc")).parent).split()
    run("cc", directory / "user.c", *flags, "-o", directory / "a")
    run(directory / "a", LD_LIBRARY_PATH=next(prefix.rglob("libweir.so")).parent)
    run(prefix / "bin/weir", "--version")


def main():
    if not (BUILD / "libweir.so").exists():
        print(f"SKIP test/package: no {BUILD}/libweir.so\n0 passed, 0 failed, 1 skipped")
        return 0
    passed = failed = 0
    for name, test in list(globals().items()):
        if not name.startswith("test_"):
            continue
        with tempfile.TemporaryDirectory() as directory:
            (Path(directory) / "user.c").write_text(PROGRAM)
            try:
                test(*([Path(directory)] if test.__code__.co_argcount else []))
                passed += 1
            except AssertionError as error:
                failed += 1
                print(f"{name}: {error}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
