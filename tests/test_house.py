"""The rules of the house: who may import whom, how things are called, how long a file may be."""

import ast
import re
import subprocess

from server import catalogues, checks, config, setup

ROOT = setup.ROOT
PYTHON = sorted(file for folder in ("server", "meetings") for file in (ROOT / folder).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SCREENS = sorted(file for ending in ("ts", "vue") for file in setup.SOURCES.rglob(f"*.{ending}"))
SHEETS = sorted(setup.SOURCES.rglob("*.css"))
MADE = {ROOT / name for name in checks.GENERATED}
LONGEST = 450
EMPTY_NAMES = re.compile(r"(?:Manager|Service|Helper|Util|Utils|Base|Impl|Handler)$")
# Spelt in two, so that this file keeps its own rule.
LEFT_OVER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def lines(file):
    return file.read_text().count("\n")


def place(file):
    return file.relative_to(ROOT).as_posix()


def test_nobody_imports_whom_they_must_not_know():
    assert checks.import_rules() == []


def test_an_import_against_the_rules_is_found(tmp_path):
    """Both packages as they are, with one noun that asks for the time."""
    copy = "import shutil, sys; [shutil.copytree(name, f'{sys.argv[1]}/{name}') for name in ('meetings', 'server')]"
    subprocess.run([setup.PYTHON, "-c", copy, tmp_path], cwd=ROOT, check=True)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    noun = tmp_path / "meetings" / "agenda.py"
    noun.write_text(noun.read_text() + "\nimport time\n")
    said = checks.problems(
        [
            str(setup.PYTHON),
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
        ],
        tmp_path,
    )
    assert any("meetings.agenda -> time" in line for line in said)


def test_every_module_says_what_lives_there():
    assert not [
        place(file) for file in [*PYTHON, *TESTS] if not ast.get_docstring(ast.parse(file.read_text()))
    ]


def test_every_file_of_the_screens_says_what_lives_there():
    opening = re.compile(r"\s*(?:/\*|//|<!--|<script[^>]*>\s*(?:/\*|//))")
    assert not [place(file) for file in SCREENS if file not in MADE and not opening.match(file.read_text())]


def test_no_file_is_longer_than_can_be_read():
    files = [*PYTHON, *TESTS, *SCREENS, *SHEETS]
    assert not [
        f"{place(file)}: {lines(file)}" for file in files if file not in MADE and lines(file) > LONGEST
    ]


def test_names_are_words_of_a_council():
    for file in PYTHON:
        classes = [
            node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ClassDef)
        ]
        assert not [name for name in classes if EMPTY_NAMES.search(name)], place(file)


def test_nothing_is_left_for_later():
    files = [*PYTHON, *TESTS, *SCREENS, *SHEETS, *(ROOT / "server").rglob("*.html")]
    assert not [place(file) for file in files if LEFT_OVER.search(file.read_text())]


def test_every_folder_of_python_is_a_package():
    folders = {
        file.parent for file in PYTHON if file.parent.name != "versions"
    }  # Alembic reads those as files
    assert not [place(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_every_setting_is_obeyed_somewhere():
    others = "\n".join(file.read_text() for file in PYTHON if file.name != "config.py")
    unread = [
        variable.name
        for variable in config.variables()
        if not re.search(rf"(?:limits|settings)\.{variable.field.name}\b", others)
    ]
    assert not unread


def test_a_word_said_in_one_language_only_is_found():
    one, two = {"room-ask": {"n"}, "room-old": set()}, {"room-ask": {"m"}}
    messages = [
        {key: type("Message", (), {"takes": takes}) for key, takes in language.items()}
        for language in (one, two)
    ]
    assert catalogues.compare("room.ftl", *messages) == [
        "en/room.ftl: room-old is missing",
        "room.ftl: room-ask takes ['n'] here, ['m'] there",
    ]


def test_chinese_in_code_is_found_and_in_comments_is_not():
    python = '"""说明"""\nx = 1  # 注释\ny = "按钮"\n'
    assert [line for line, _ in catalogues.python_literals(python)] == [3]
    vue = "<!-- 说明 -->\n<b>按钮</b>\n/* 注\n释 */ // 注释\n"
    assert [line for line, _ in catalogues.plain_literals(vue)] == [2]
