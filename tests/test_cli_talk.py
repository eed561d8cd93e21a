from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios

import pytest
import typer
from typer.testing import CliRunner

from taxonomy import progress
from taxonomy.cli import app
from taxonomy.cli_talk import Verbs, explain_os_error, say, say_next, show_result

WITHOUT_JSON = {"fake-claude"}


def verbs(group, name=""):
    """Every verb with its whole name."""
    for own, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from verbs(command, f"{name}{own} ")
        else:
            yield f"{name}{own}", command


EVERY_VERB = dict(verbs(typer.main.get_command(app)))


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_every_verb_can_be_quiet_and_says_the_keys_of_its_json(verb):
    command = EVERY_VERB[verb]
    options = {option for given in command.params for option in given.opts}
    assert {"--quiet", "-q"} <= options
    assert ("--json" in options) == (verb not in WITHOUT_JSON)
    if verb not in WITHOUT_JSON | {"estimate"}:
        assert "With --json" in " ".join(command.help.split())


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_the_list_of_verbs_says_what_each_does_in_a_whole_sentence(verb):
    assert not EVERY_VERB[verb].get_short_help_str(61).endswith("...")


@pytest.fixture
def tool():
    made = Verbs()
    made.seen = []

    @made.command()
    def work(fail: bool = False) -> None:
        """Work."""
        made.seen.append(progress._screen.is_hidden)
        say("working")
        if fail:
            raise KeyboardInterrupt
        show_result("done", {"is_done": True}, as_json=False)
        say_next(["show", "my run"], ["release", "my run", "--out", "DIR"])

    return made


def test_talk_goes_to_stderr_and_the_result_to_stdout(tool):
    done = CliRunner().invoke(tool, [])
    assert done.stdout == "done\n"
    assert done.stderr == (
        "working\nnext: taxonomy show 'my run', or taxonomy release 'my run' --out DIR\n"
    )


def test_quiet_hides_talk_and_bars_and_only_for_this_call(tool):
    quiet = CliRunner().invoke(tool, ["--quiet"])
    loud = CliRunner().invoke(tool, [])
    assert (quiet.stdout, quiet.stderr) == ("done\n", "")
    assert loud.stderr.startswith("working\n")
    assert tool.seen == [True, False]


def test_ctrl_c_is_one_line_even_when_quiet(tool):
    done = CliRunner().invoke(tool, ["--fail", "-q"])
    assert done.exit_code == 130
    assert done.stdout == ""
    assert done.stderr.startswith("error: interrupted; ")
    assert done.stderr.count("\n") == 1


def test_what_the_system_forbids_is_said_in_words():
    assert explain_os_error(FileExistsError(17, "File exists", "a")) == (
        "a is a file; give a folder."
    )
    assert explain_os_error(IsADirectoryError(21, "Is a directory", "a")) == (
        "a is a folder; give a file."
    )
    assert explain_os_error(NotADirectoryError(20, "Not a directory", "a/b")) == (
        "a/b cannot be: a part of the path is a file; give another path."
    )
    assert explain_os_error(PermissionError(13, "Permission denied", "a")) == (
        "a: Permission denied; check the path, and that you may write there."
    )


def test_long_work_shows_a_bar_on_a_terminal(tmp_path):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-m", "taxonomy", "demo", "--conversations", "1000000"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=theirs
    ) as process:
        os.close(theirs)
        said = b""
        while b"conversations/s]" not in said:
            said += os.read(ours, 4_096)
        process.send_signal(signal.SIGINT)
        while b"interrupted" not in said:
            said += os.read(ours, 4_096)
    os.close(ours)
    assert b"corpus:" in said
