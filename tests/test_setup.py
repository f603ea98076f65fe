"""Set-up: two commands on a bare machine, locks without addresses, stamps by content, screens for old phones."""

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from server import commands, config, setup
from tests import engines

LOCKS = [setup.RUN_LOCK, setup.TEST_LOCK, setup.STATIC / "package-lock.json"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_a_registry(lock):
    lines = lock.read_text().splitlines()
    addresses = [line for line in lines if "://" in line and not re.search(r'"url": |"funding": ', line)]
    assert not addresses
    assert '"resolved"' not in lock.read_text()


def test_every_package_is_pinned_by_hash():
    for lock in LOCKS[:2]:
        text = lock.read_text()
        pinned = re.findall(
            r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,-]+\])?==[^\\\n]+\\\n    --hash=sha256:", text, re.MULTILINE
        )
        assert len(pinned) == len(re.findall(r"^\S+==", text, re.MULTILINE)) > 20
    packages = json.loads(LOCKS[2].read_text())["packages"]
    assert not [name for name, package in packages.items() if name and "integrity" not in package]


def test_the_test_lock_holds_the_same_versions_as_the_other():
    def versions(lock):
        return set(re.findall(r"^\S+==\S+", lock.read_text(), re.MULTILINE))

    assert versions(setup.RUN_LOCK) <= versions(setup.TEST_LOCK)


def test_the_installer_itself_is_pinned():
    lines = setup.uv_lines(setup.RUN_LOCK)
    assert lines.startswith("uv==")
    assert "--hash=sha256:" in lines
    assert lines.count("==") == 1


def test_a_stamp_follows_the_content_and_not_the_time(tmp_path):
    file = tmp_path / "page.vue"
    file.write_text("one")
    before = setup.digest(tmp_path)
    os.utime(file, (1, 1))
    assert setup.digest(tmp_path) == before
    file.write_text("two")
    assert setup.digest(tmp_path) != before


def test_a_stamp_sees_a_file_that_was_renamed_or_split(tmp_path):
    (tmp_path / "a").write_text("xy")
    first = setup.digest(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    second = setup.digest(tmp_path)
    (tmp_path / "b").write_text("x")
    (tmp_path / "c").write_text("y")
    assert len({first, second, setup.digest(tmp_path)}) == 3


def test_no_screen_is_made_of_a_file_the_stamp_does_not_know():
    for file in [*setup.SOURCES.rglob("*.ts"), *setup.SOURCES.rglob("*.vue")]:
        for name in re.findall(r"""(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]""", file.read_text()):
            target = (file.parent / name).resolve()
            assert any(target.is_relative_to(known) for known in setup.SCREEN_INPUTS), f"{file}: {name}"


def test_help_answers_on_a_python_without_any_package():
    said = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(setup.ROOT)!r}); from server.commands import main; main(['--help'])",
        ],
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stderr
    for word in commands.WORDS:
        assert word in said.stdout


@pytest.mark.parametrize("word", commands.WORDS)
def test_every_word_explains_itself(word, capsys):
    with pytest.raises(SystemExit) as ended:
        commands.main([word, "--help"])
    assert ended.value.code == 0
    assert commands.WORDS[word].help.split(",")[0][1:] in capsys.readouterr().out.replace("\n", " ")


def test_an_unknown_word_and_a_wrong_option_are_refused_in_one_line(capsys):
    for line in (["dance"], ["--port", "x"], ["people", "--sample", "-1"]):
        with pytest.raises(SystemExit) as ended:
            commands.main(line)
        assert ended.value.code == 2
    assert capsys.readouterr().err.count("error:") == 3


def test_a_wrong_setting_stops_the_start_before_any_set_up(monkeypatch, capsys):
    monkeypatch.setenv("SUN_PROT", "8000")
    assert commands.main(["serve"]) == 2
    assert (
        capsys.readouterr().err
        == "setting: unknown setting SUN_PROT in the environment (see docs/running.md)\n"
    )


def test_where_no_council_is_nothing_is_looked_at(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(setup, "ready", lambda *_, **__: None)
    for line in (["admin-link"], ["people", "--sample", "3"], ["replay", "meeting:x"]):
        assert commands.main([*line, "--data", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("no council in") == 3
    assert not (tmp_path / "none").exists()


def test_the_data_folder_is_made_for_one_user_alone(tmp_path):
    settings = commands.made(config.load({"data": tmp_path / "deep" / "data"}, {}))
    assert settings.data.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"SUN_PORT": "many"}, "SUN_PORT='many' cannot be read"),
        ({"SUN_PORT": "70000"}, "not between"),
        ({"SUN_LIMIT_COMMENTS": "ten"}, "like 10/10"),
        ({"SUN_LIMIT_SOCKETS_PER_SESSION": "-1"}, "negative"),
        ({"SUN_EMPTY": "perhaps"}, "1 or 0"),
        ({"SUN_DATABASE_URL": "mysql://x"}, "neither"),
        ({"SUN_PUBLIC_URL": "council.example"}, "like https://"),
        ({"SUN_TLS_CERT": "/nowhere.pem"}, "go together"),
        ({"SUN_WORKERS": "2"}, "PostgreSQL"),
    ],
)
def test_a_setting_that_cannot_work_is_told_in_one_line(environment, says):
    with pytest.raises(config.SettingError) as refused:
        config.load({}, environment)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_command_line_stands_over_the_environment_and_that_over_the_default():
    environment = {"SUN_PORT": "9001", "SUN_LIMIT_COMMENTS": "5/7"}
    assert config.load({}, {}).port == 8000
    assert config.load({"port": None}, environment).port == 9001
    assert config.load({"port": 9002}, environment).port == 9002
    assert config.load({}, environment).limits.comments == config.Rate(5, 7)


def test_a_second_start_waits_for_the_first(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    order = []
    first_is_in, may_leave = threading.Event(), threading.Event()

    def first():
        with setup.alone():
            first_is_in.set()
            may_leave.wait(10)
            order.append("first")

    def second():
        with setup.alone():
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert first_is_in.wait(10)
    threads[1].start()
    may_leave.set()
    for thread in threads:
        thread.join(10)
    assert order == ["first", "second"]


def test_without_root_the_missing_line_is_said(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(setup.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    with pytest.raises(setup.SetupError) as said:
        setup.apt("chromium", "redis-server")
    assert "apt-get install --no-install-recommends chromium redis-server" in str(said.value)


def test_a_given_chromium_is_taken(monkeypatch):
    monkeypatch.setattr(setup.shutil, "which", lambda _: None)
    assert "chromium" in setup.apt_missing()
    monkeypatch.setenv("SUNNY_CHROMIUM", engines.CHROMIUM)
    assert "chromium" not in setup.apt_missing()


def test_where_only_the_built_screens_are_shipped_no_node_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "SOURCES", tmp_path / "src")
    monkeypatch.setattr(setup, "DIST", tmp_path / "dist")
    assert not setup.screens_fresh()
    (tmp_path / "dist" / ".vite").mkdir(parents=True)
    (tmp_path / "dist" / ".vite" / "manifest.json").write_text("{}")
    assert setup.screens_fresh()


@pytest.fixture(scope="session")
def built() -> list[Path]:
    """The scripts of static/dist."""
    setup.set_up(tests=True, tools=True)
    scripts = sorted((setup.DIST / "assets").glob("*.js"))
    assert scripts
    return scripts


def test_every_script_can_be_read_by_an_old_phone(built):
    program = (
        "const {parse} = require('acorn'), fs = require('fs');"
        "for (const file of process.argv.slice(1)) {"
        " try { parse(fs.readFileSync(file, 'utf8'), {ecmaVersion: 2021, sourceType: 'module'}) }"
        " catch (error) { console.error(file + ': ' + error.message); process.exitCode = 1 } }"
    )
    said = subprocess.run(
        [setup.node(), "-e", program, *built], cwd=setup.STATIC, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr


def test_every_script_has_its_gzip_beside_it(built):
    assert not [file.name for file in built if not file.with_name(file.name + ".gz").exists()]


def test_the_manifest_names_every_screen(built):
    manifest = json.loads((setup.DIST / ".vite" / "manifest.json").read_text())
    mains = {file.relative_to(setup.STATIC).as_posix() for file in setup.SOURCES.glob("screens/*/main.ts")}
    assert mains == {name for name, part in manifest.items() if part.get("isEntry")}
