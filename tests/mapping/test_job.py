from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from taxonomy.claude.ledger import Ledger
from taxonomy.errors import RunError, SettingsError
from taxonomy.mapping import is_run, map_clusters
from taxonomy.mapping.job import check_finished, maker, open_job
from taxonomy.run import Stage, read_log
from taxonomy.settings import Settings
from taxonomy.steps import make_stage


@pytest.fixture
def open_it(run, hashing_encoder):
    def opened(asking=None, *, after="measures", needs_claude=False):
        given = {"needs_claude": needs_claude, "encoder": hashing_encoder}
        return open_job(run, asking, after=after, **given)

    return opened


def test_a_run_has_settings_and_a_release_or_a_file_has_none(run, tmp_path):
    assert is_run(run)
    assert not is_run(tmp_path)
    assert not is_run(tmp_path / "clusters_wide.tsv")


def test_a_stage_rests_on_the_release_and_on_the_prior_whatever_its_order(source):
    prior = pl.DataFrame({"task": ["cook", "draft"], "share": [0.25, 0.75]})
    first, turned = (replace(source, prior=rows).digests for rows in (prior, prior.reverse()))
    assert first == turned
    assert first["prior"] != source.digests["prior"]
    other = replace(source, onet=replace(source.onet, facts={"version": "9.9"}))
    assert other.digests["onet"] != source.digests["onet"]


def test_only_a_stage_that_is_finished_and_current_passes(run, tmp_path):
    check_finished(run, "measures", "x")
    with pytest.raises(RunError, match=r"the stage tasks of .* is missing; make it with: do this"):
        check_finished(run, "tasks", "do this")
    with pytest.raises(RunError, match="holds no run"):
        check_finished(tmp_path, "tasks", "x")


def test_the_job_has_the_settings_of_who_is_asked_and_the_run_keeps_its_own(
    run, open_it, asking, serve
):
    before = (run / "settings.toml").read_bytes()
    with open_it(asking(serve(), "onet.beam=7")) as job:
        assert job.settings.onet.beam == 7
        assert job.claude is not None
    with open_it() as job:
        assert job.settings == Settings.load(run / "settings.toml")
        assert job.claude is None
    assert (run / "settings.toml").read_bytes() == before


def test_a_run_is_held_by_one_job_at_a_time(open_it):
    with open_it(), pytest.raises(RunError, match="in use by another process"), open_it():
        pass


def test_who_must_be_asked_and_is_not_is_an_error(open_it):
    with pytest.raises(SettingsError, match="give --llm claude"), open_it(needs_claude=True):
        pass


def test_the_maker_is_the_model_of_the_route_with_its_prompt(open_it, asking, serve):
    changes = ["claude.tasks.model=small", "claude.crosswalk.model=large"]
    with open_it(asking(serve(), *changes)) as job:
        made = {route: maker(job, route) for route in ("shortlist", "descent", "crosswalk")}
        assert maker(job, "offline") == {"maker": "offline"}
    assert [made[route]["model"] for route in made] == ["small", "small", "large"]
    assert len({made[route]["prompt"] for route in made}) == 3
    with open_it() as job:
        assert maker(job, "crosswalk") == {"maker": "offline"}


@pytest.mark.parametrize(
    ("unanswered", "who", "n_made"),
    [(1, "server", 2), (0, "server", 1), (1, "ledger", 1), (1, "nobody", 1)],
)
def test_a_stage_that_lacks_answers_is_made_again_while_somebody_can_be_asked(
    open_it, asking, serve, tmp_path, unanswered, who, n_made
):
    made = []
    stage = Stage("tasks", 1, {}, {}, ("out.txt",))

    def write(folder):
        made.append((folder / "out.txt").write_text("x"))
        return {"unanswered": unanswered}

    Ledger(tmp_path / "answers.sqlite").close()
    asked = {"server": asking(serve()), "ledger": asking(), "nobody": None}[who]
    with open_it(asked) as job:
        make_stage(job, stage, write)
        make_stage(job, stage, write)
    assert len(made) == n_made


def test_what_a_stage_cost_is_noted_when_it_is_made_and_not_when_it_is_kept(
    run, source, asking, serve, hashing_encoder
):
    server = serve()
    for _ in range(3):
        map_clusters(run, source, asking=asking(server), encoder=hashing_encoder)
    (line,) = [line for line in read_log(run) if "usd" in line]
    assert line["stage"] == "crosswalk"
    assert line["usd"] > 0
