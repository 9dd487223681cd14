"""The edge of the command line: what a fault tells and does not tell, and what starting it brings in."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from stepwell.cli import app as command_line
from stepwell.cli import records
from stepwell.cli.app import EXITS
from stepwell.population.records.extracts import Kind

CELL = "Zzyzx 999 000 0107"


def leave(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["stepwell", *words])
    with pytest.raises(SystemExit) as left:
        command_line.main()
    return left.value.code or 0


@pytest.fixture
def faulty(monkeypatch):
    """A command whose code has a fault that holds a cell, in its words and in the error it came from."""

    def fault(_text):
        try:
            int(CELL)
        except ValueError as cause:
            raise KeyError(CELL) from cause

    monkeypatch.setattr("stepwell.cli.knowledge.identified", fault)
    return ["medicines", "identify", "anything"]


def test_a_fault_names_its_kind_and_its_place_and_no_cell(faulty, monkeypatch, capsys):
    assert leave(monkeypatch, *faulty) == 4
    shown = capsys.readouterr()
    assert "KeyError at cli/tests/test_edge.py, line" in shown.err
    assert "--debug" in shown.err
    assert ", in fault." in shown.err
    assert len(shown.err.splitlines()) == 1
    assert not any(word in shown.out + shown.err for word in (*CELL.split(), "Traceback"))


def test_the_whole_trace_is_shown_only_when_asked_for_and_with_a_warning(faulty, monkeypatch, capsys):
    assert leave(monkeypatch, "--debug", *faulty) == 4
    shown = capsys.readouterr().err
    assert CELL in shown
    assert shown.index("Warning: ") < shown.index("Traceback") < shown.index(CELL)
    assert leave(monkeypatch, *faulty) == 4, "a wish for the trace is not kept for the next time"
    assert CELL not in capsys.readouterr().err


def test_a_fault_of_the_machine_is_one_sentence_without_the_path(monkeypatch, capsys):
    def full(_text):
        raise OSError(28, "No space left on device", f"/records/{CELL}.csv")

    monkeypatch.setattr("stepwell.cli.knowledge.identified", full)
    assert leave(monkeypatch, "medicines", "identify", "anything") == 1
    shown = capsys.readouterr().err
    assert "No space left on device" in shown and CELL not in shown


def test_the_help_says_every_exit_code(monkeypatch, capsys):
    assert leave(monkeypatch, "--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert all(part.strip() in shown for part in EXITS.split(";"))


@pytest.mark.parametrize("words", [["--help"], ["dosage", "parse", "1 bd"], ["records", "--help"]])
def test_starting_brings_in_no_engine(words):
    """The engine takes a second to start; somebody who asks for help or reads one instruction does not wait for it."""
    ask = (
        "import json, sys\n"
        "from stepwell.cli.app import app\n"
        "app(sys.argv[1:], standalone_mode=False)\n"
        "print('\\n' + json.dumps(sorted({'ibis', 'duckdb', 'pyarrow', 'django', 'altair'} & set(sys.modules))))\n"
    )
    done = subprocess.run([sys.executable, "-c", ask, *words], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_what_an_extract_holds_is_said_in_the_words_of_the_importer():
    assert [each.value for each in records.Holds] == [each.value for each in Kind]
