"""Published files of conversations in; one checked table of conversations, `CONVERSATIONS`, out.

What a file is made of (JSON Lines, JSON, CSV, TSV, Parquet, gzip or the zip file of an export) is
told by its bytes, and what a row means (see `formats.FORMATS`) by its first 200 rows.

    what is met                          what becomes of it
    ---------------------------------    -----------------------------------------------------
    a row that is no JSON, no object,    rejected; in a table with damaged quoting every line
    no UTF-8, or of another width        that the damaged row swallowed
    a byte order mark                    skipped; UTF-16 is read if it has one
    gzip, an array or Parquet that is    the run stops: how much is lost is not known
    damaged or cut off; an empty file
    an empty message                     left out; a conversation with none left is rejected
    no user message                      rejected; of a thread, every one of its rows
    a system's or a tool's message       left out, and so are tool results under a user's name
    an unknown role, or none             the row is rejected and the role named
    a message longer than allowed        cut at `max_message_characters`, kept and counted
    content blocks                       text joined; others leave [image], [file],
                                         [tool use: name], [tool result]; thinking is left out
    NUL, control characters and lone     removed; tabs and line ends stay
    surrogates
    an id seen before                    dropped and counted if the messages are the same,
                                         rejected if not; the first in the input is kept
    ids that differ only in case         different conversations
    a number as an id                    its digits
    no id                                the hash of roles and texts, a dash, and how many times
                                         these were seen: whatever file or folder they lie in
    no user id                           null: later stages count the conversation as its own user
    times in any zone, seconds to        UTC; without a zone taken as UTC; null and counted if no
    nanoseconds since 1970               time between 1990 and 2100
    languages by name or code            lower-case ISO 639 codes; an unknown name as it is
    `thinking`, `flagged`                yes or no in any spelling, else null
    an unknown `collaboration` label     the row is rejected
    one message a row                    threads by conversation id, else by parent ids, else
                                         every user turn starts one; of a tree of replies the
                                         best-ranked branch is read
"""

from __future__ import annotations

from taxonomy.conversations.batches import read_batches
from taxonomy.conversations.ingest import (
    IngestReport,
    ingest_conversations,
    read_conversations,
)
from taxonomy.conversations.schema import CONVERSATIONS

__all__ = [
    "CONVERSATIONS",
    "IngestReport",
    "ingest_conversations",
    "read_batches",
    "read_conversations",
]
