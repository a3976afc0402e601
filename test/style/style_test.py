# SPDX-License-Identifier: Apache-2.0
"""script/style finds each kind of fault, planted in a small tree of its own; and nothing in a sound one."""
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LICENCE = "/* SPDX-License-Identifier: Apache-2.0 */\n"
LAYERS = "base | | lowest\nio | base | outside\n"

# name: (files, what the check must say; nothing: it must pass)
CASES = {
    "sound": ({"src/base/a.h": LICENCE + "#include <stddef.h>\nint a(size_t n);\n",
               "src/base/a.c": LICENCE + '#include "base/a.h"\nstatic const char *const names[] = {"printf(1)"};\n'
                                         "int a(size_t n) {\n    return names[n][0]; /* malloc(3) */\n}\n",
               "src/io/b.c": LICENCE + '#include "base/a.h"\nint open(void);\nint b(void) {\n    return open();\n}\n'}, ""),
    "layer": ({"src/base/a.c": LICENCE + '#include "io/b.h"\n', "src/io/b.h": LICENCE}, "does not let base include io/b.h"),
    "ring": ({"src/LAYERS": "base | io | lowest\nio | base | outside\n"}, "must have no ring"),
    "unlisted": ({"src/extra/a.c": LICENCE}, "src/extra is not listed"),
    "private": ({"src/io/b.c": LICENCE + '#include "base/a_priv.h"\n', "src/base/a_priv.h": LICENCE}, "is private to src/base"),
    "program": ({"programs/shell/a.c": LICENCE + '#include "plan/a.h"\n',
                 "src/LAYERS": LAYERS + "plan | base | plans\n"}, "programs see weir.h"),
    "banned": ({"src/base/a.c": LICENCE + "int a(void) {\n    return isdigit(1);\n}\n"}, "banned call isdigit"),
    "alone": ({"src/base/a.h": LICENCE + "int a(size_t n);\n"}, "does not compile alone"),
    "global": ({"src/base/a.c": LICENCE + "int a(void) {\n    static int count;\n    return count++;\n}\n"}, "mutable global count"),
    "thread": ({"src/base/a.c": LICENCE + "int a(void);\nstatic _Thread_local int count;\nint a(void) {\n    return count++;\n}\n"},
               "mutable global count"),
    "licence": ({"src/base/a.c": "int a;\n"}, "names the licence"),
    "unbuilt": ({"src/base/a.c": LICENCE, "unbuilt": ""}, "never built"),
}


def plant(root, files):
    (root / "script").mkdir()
    shutil.copy(ROOT / "script/style", root / "script/style")
    for name, text in {"src/LAYERS": LAYERS, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def build(root):
    """What a build leaves for the check to read: objects and compile commands."""
    commands = []
    for source in sorted(root.glob("src/*/*.c")):
        target = root / f"build/release/CMakeFiles/weir_{source.parent.name}.dir" / f"{source.relative_to(root)}.o"
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-w", "-fPIC", "-fdata-sections", f"-I{root}/src", "-c", source, "-o", target], stderr=subprocess.DEVNULL)
        commands.append({"file": str(source)})
    if (root / "unbuilt").exists():
        commands = [{"file": "elsewhere.c"}]
    (root / "build/release").mkdir(parents=True, exist_ok=True)
    (root / "build/release/compile_commands.json").write_text(json.dumps(commands))


def main():
    failed = 0
    for name, (files, expected) in CASES.items():
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            plant(root, files)
            build(root)
            done = subprocess.run(["python3", root / "script/style", "--headers"], capture_output=True, text=True)
            if (done.returncode == 0) == bool(expected) or expected not in done.stderr:
                failed += 1
                print(f"{name}: expected {expected!r}, exit {done.returncode}\n{done.stdout}{done.stderr}")
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
