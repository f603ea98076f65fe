"""`python3 -m server check`: everything that can be judged without running the program.

Each check prints one line with its seconds; all run, even after one failed. The rules themselves live where
their tools read them (pyproject.toml, static/eslint.config.js, static/tsconfig.json) and in catalogues.py.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from server import catalogues, setup

Check = Callable[[], list[str]]
"""What a check returns: lines that say what is wrong; nothing when all is well."""

# file -> where the function stands that gives its text
GENERATED = {
    "static/src/words.ts": ("server.web.words", "typescript"),
    "docs/protocol.md": ("server.web.words", "protocol"),
    "docs/running.md": ("server.config", "running"),
}


def tool(*words: str) -> Check:
    """A check made by a Python tool of the lock."""

    def check() -> list[str]:
        return problems([str(setup.PYTHON), "-m", *words], setup.ROOT)

    return check


def web_tool(script: str, *words: str) -> Check:
    """A check made by a tool of static/node_modules, on PyPI's Node."""

    def check() -> list[str]:
        return problems([str(setup.node()), str(setup.MODULES / script), *words], setup.STATIC)

    return check


def problems(command: list[str], folder: Path) -> list[str]:
    """What a tool says when it is not content."""
    done = subprocess.run(
        command, check=False, cwd=folder, env=setup.node_env(), capture_output=True, text=True
    )
    if done.returncode == 0:
        return []
    return (done.stdout + done.stderr).strip().splitlines() or [f"exit {done.returncode}"]


def import_rules() -> list[str]:
    """The contracts of pyproject.toml."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    said = problems([str(setup.PYTHON), "-c", command], setup.ROOT)
    broken = next((number for number, line in enumerate(said) if line.strip() == "Broken contracts"), 0)
    return said[broken:]


def generated() -> list[str]:
    """Whether the committed generated files are what their sources now give."""
    wrong = []
    for name, (module, function) in GENERATED.items():
        text = generated_text(module, function)
        if text is None:
            print(f"note generated: {name} waits for {module}")
            continue
        file = setup.ROOT / name
        if not file.exists() or file.read_text() != text:
            wrong.append(f"{name} is not fresh: python3 -m server words")
    return wrong


def generated_text(module: str, function: str) -> str | None:
    """The text of a generated file, or None while its generator does not exist."""
    if find_spec(module) is None:
        return None
    return str(getattr(import_module(module), function)())


def write_generated() -> None:
    """Write every generated file anew."""
    for name, (module, function) in GENERATED.items():
        text = generated_text(module, function)
        file = setup.ROOT / name
        if text is not None and (not file.exists() or file.read_text() != text):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
            print(f"wrote {name}")


CHECKS: dict[str, Check] = {
    "types": tool("mypy"),
    "screens-types": web_tool("vue-tsc/bin/vue-tsc.js", "--noEmit"),
    "screens-rules": web_tool("eslint/bin/eslint.js", ".", "--max-warnings=0"),
    "format": tool("ruff", "format", "--check", "--output-format=concise", "."),
    "rules": tool("ruff", "check", "-q", "--output-format=concise", "."),
    "imports": import_rules,
    "catalogues": catalogues.check,
    "chinese": catalogues.check_literals,
    "generated": generated,
}


def timed(check: Check) -> tuple[list[str], float]:
    """A check's answer and how long it took; one that breaks down has failed."""
    begun = time.monotonic()
    try:
        wrong = check()
    except Exception as error:
        wrong = [f"{type(error).__name__}: {error}"]
    return wrong, time.monotonic() - begun


def main(only: list[str]) -> int:
    """Run the checks (or those named), print a line for each; 1 when any failed, 2 when one is unknown."""
    if unknown := set(only) - set(CHECKS):
        print(f"no such check: {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        running = {
            pool.submit(timed, check): name for name, check in CHECKS.items() if not only or name in only
        }
        for done in as_completed(running):
            wrong, seconds = done.result()
            print(f"{'FAIL' if wrong else 'ok  '} {running[done]} ({seconds:.1f} s)")
            for line in wrong:
                print(f"     {line}")
            failed += bool(wrong)
            sys.stdout.flush()
    return 1 if failed else 0
