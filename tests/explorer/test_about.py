from __future__ import annotations

from dataclasses import replace

from taxonomy.explorer.about import about_lines, credit


def told(release, **counts):
    facts = release.facts | {"counts": release.facts["counts"] | counts}
    return " ".join(about_lines(replace(release, taxonomy=replace(release.taxonomy, facts=facts))))


def test_the_sentences_say_what_was_counted_by_whom_and_what_is_kept_back(toy_release):
    text = told(toy_release)
    assert "1,000 conversations in published clusters, of 1,200 read" in text
    assert "from 2026-03-02 to 2026-03-12" in text
    assert "4 at level 0, 3 at level 1, 2 at level 2" in text
    assert "Names by rules, offline; facets by rules, offline." in text
    assert "Every conversation names its user." in text
    assert "below the floor of 15 conversations and 5 users" in text


def test_where_users_are_unknown_each_conversation_is_said_to_count_as_its_own(toy_release):
    assert "each conversation counts as its own user" in told(toy_release, with_user_id=0)
    assert "known for 30 of 1,200" in told(toy_release, with_user_id=30)


def test_a_table_without_a_manifest_says_what_it_does_not_tell(toy_release):
    bare = replace(toy_release.taxonomy, facts={"source": "clusters.tsv"})
    lines = about_lines(replace(toy_release, version="clusters.tsv", taxonomy=bare))
    assert "Read from clusters.tsv, which does not say how many" in lines[1]


def test_the_licence_of_onet_is_named_wherever_any_of_it_is_shown(toy_release):
    assert "the O*NET 30.1 Database" in credit(toy_release)
    assert "CC BY 4.0" in credit(toy_release)
    assert credit(replace(toy_release, crosswalk=None, onet_tasks=None)) is None
