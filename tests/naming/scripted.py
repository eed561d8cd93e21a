"""An asker that answers by rule, and treats an answer as the client does: checked, mended once."""

from __future__ import annotations

from collections import Counter

from pydantic import ValidationError

from taxonomy.claude.records import Answer


class Scripted:
    """`rule(request)` gives a dictionary, a status word, or a list of those: one a try."""

    def __init__(self, rule):
        self.rule = rule
        self.requests = []

    def ask(self, requests):
        requests = list(requests)
        self.requests += requests
        return iter([self._answer(request) for request in requests])

    def _answer(self, request):
        given = self.rule(request)
        tries = given if isinstance(given, list) else [given, given]
        faults = []
        for answer in tries:
            if isinstance(answer, str):
                return Answer(answer)
            try:
                record = request.answer.model_validate(answer)
            except ValidationError as error:
                faults = [str(error)]
                continue
            faults = request.check(record) if request.check else []
            if not faults:
                return Answer("ok", record)
        return Answer("invalid", detail="; ".join(faults))

    def asked(self):
        """How many requests held each set of material."""
        return Counter(" ".join(request.material) for request in self.requests)
