from __future__ import annotations

import pytest

from taxonomy.errors import SettingsError
from taxonomy.run import write_settings
from taxonomy.settings import Settings


def test_an_unknown_key_is_named():
    with pytest.raises(SettingsError, match=r"cluster\.n_cluster: .*found 630"):
        Settings.load(None, ["cluster.n_cluster=630"])


def test_an_override_wins_over_the_file(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("random_state = 1\n[cluster]\nn_clusters = 20\n")
    settings = Settings.load(file, ["cluster.n_clusters=150"])
    assert (settings.random_state, settings.cluster.n_clusters) == (1, 150)


def test_a_bare_word_is_a_string():
    assert Settings.load(None, ["embedding.encoder=my/model"]).embedding.encoder == "my/model"


@pytest.mark.parametrize("override", ["cluster.n_clusters", "=3", "random_state.x=3"])
def test_an_override_that_is_not_an_assignment_is_refused(override):
    with pytest.raises(SettingsError):
        Settings.load(None, ["random_state=1", override])


def test_a_file_that_is_not_toml_is_named(tmp_path):
    file = tmp_path / "broken.toml"
    file.write_text("[cluster\n")
    with pytest.raises(SettingsError, match=r"broken\.toml is not valid TOML"):
        Settings.load(file)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"cannot read .*nowhere\.toml"):
        Settings.load(tmp_path / "nowhere.toml")


def test_the_index_preset_raises_the_cluster_floors_only():
    privacy = Settings.load(None, ["privacy.preset=index"]).privacy
    assert (privacy.min_conversations, privacy.min_users) == (500, 250)
    assert (privacy.min_cell_conversations, privacy.min_cell_users) == (15, 5)


def test_what_is_written_beside_the_preset_wins():
    privacy = Settings.load(None, ["privacy.preset=index", "privacy.min_users=100"]).privacy
    assert (privacy.min_conversations, privacy.min_users) == (500, 100)


def test_settings_written_down_read_back_the_same(tmp_path):
    settings = Settings.load(None, ["cluster.n_clusters=9", "conversations.columns={messages='m'}"])
    write_settings(tmp_path / "settings.toml", settings)
    assert Settings.load(tmp_path / "settings.toml") == settings


def test_one_setting_of_a_model_leaves_its_others_as_they_are():
    settings = Settings.load(None, ["claude.names.effort=medium"])
    assert settings.claude.names.model == "claude-sonnet-5-5"
    assert settings.claude.names.effort == "medium"
    assert settings.claude.facets.model == "claude-haiku-5-5"


@pytest.mark.parametrize(
    ("facet", "problem"),
    [
        ('kind = "choice"', "at least two different choices"),
        ('kind = "choice"\nchoices = ["a", "a"]', "at least two different choices"),
        ('kind = "text"\nchoices = ["a", "b"]', "other kinds none"),
        ('kind = "scale"\nlowest = 5\nhighest = 5', "lowest < highest"),
        ('kind = "mood"', "facets.own.0.kind"),
    ],
)
def test_an_own_facet_that_cannot_be_asked_is_one_clear_error(tmp_path, facet, problem):
    file = tmp_path / "own.toml"
    file.write_text(f'[[facets.own]]\nname = "mine"\nquestion = "What is it?"\n{facet}\n')
    with pytest.raises(SettingsError, match=problem):
        Settings.load(file)
