from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

TOY = Path(__file__).with_name("toy.py")


@pytest.fixture(scope="session")
def toy():
    """The helper beside this file, under a name of its own since tests are no package."""
    spec = importlib.util.spec_from_file_location("fake_toy", TOY)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def up(toy):
    """A server at which nothing goes wrong, and a client of it."""
    with toy.serving() as both:
        yield both
