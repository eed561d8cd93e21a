from __future__ import annotations

from taxonomy.claude.pace import Pace


def clean_round(pace, now=0.0):
    for _ in range(int(pace.limit) + 1):
        pace.succeeded(under_way=int(pace.limit), now=now)


def test_it_starts_slowly_and_doubles_up_to_the_most():
    pace = Pace(100, longest_pause=60)
    limits = []
    for _ in range(5):
        limits.append(int(pace.limit))
        clean_round(pace)
    assert limits == [8, 16, 32, 64, 100]


def test_it_never_goes_over_the_most():
    assert Pace(3, longest_pause=60).limit == 3


def test_a_429_cuts_the_limit_by_a_fifth_and_ends_the_slow_start():
    pace = Pace(100, longest_pause=60)
    clean_round(pace)
    pace.throttled(retry_after=2, now=10)
    assert pace.limit == 16 * 0.8
    assert pace.resumes_at == 12
    clean_round(pace, now=13)
    assert 12.8 < pace.limit < 14


def test_many_429_of_one_moment_count_as_one():
    pace = Pace(100, longest_pause=60)
    for _ in range(5):
        pace.throttled(retry_after=2, now=10)
    assert pace.limit == 8 * 0.8


def test_a_huge_retry_after_is_capped():
    pace = Pace(100, longest_pause=60)
    pace.throttled(retry_after=86_400, now=0)
    assert pace.resumes_at == 60


def test_it_does_not_grow_while_few_calls_are_under_way_or_during_a_pause():
    pace = Pace(100, longest_pause=60)
    for _ in range(50):
        pace.succeeded(under_way=2, now=0)
    assert pace.limit == 8
    pace.throttled(retry_after=30, now=0)
    before = pace.limit
    clean_round(pace, now=5)
    assert pace.limit == before


def test_the_limit_never_falls_under_one_call():
    pace = Pace(100, longest_pause=0)
    for now in range(1, 60):
        pace.throttled(retry_after=0, now=now)
    assert pace.limit == 1
