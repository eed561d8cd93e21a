-- The ledger of answers. Times are seconds since 1970. A guessed batch was found in the server's
-- list by its size; its results will tell whether it is ours.
CREATE TABLE answers (
    key BLOB PRIMARY KEY,       -- sha256 of everything the answer depends on
    status TEXT NOT NULL,       -- ok, refused, truncated, invalid, errored, expired; received: unread
    step TEXT NOT NULL,         -- what was asked: first, longer, repair
    text TEXT NOT NULL,         -- the answer's JSON where ok, the whole message where received
    detail TEXT NOT NULL,       -- why it is not ok
    at REAL NOT NULL
);
CREATE TABLE attempts (         -- one row each time a request was sent
    id INTEGER PRIMARY KEY,
    key BLOB,                   -- null after a purge: the money stays on the books
    run TEXT NOT NULL,
    stage TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt_version TEXT NOT NULL,
    step TEXT NOT NULL,
    batch INTEGER,              -- null: a direct call
    state TEXT NOT NULL,        -- sent, answered, failed (not billed), lost (maybe billed, no answer), imported
    reserved REAL NOT NULL,     -- US dollars it could cost at most
    usd REAL NOT NULL,          -- what it cost; of a lost one, what it could have cost at most
    input_tokens INTEGER,
    output_tokens INTEGER,
    error TEXT,
    request_id TEXT,
    sent_at REAL NOT NULL,
    ended_at REAL
);
CREATE INDEX attempts_by_key ON attempts(key);
CREATE INDEX attempts_by_batch ON attempts(batch) WHERE batch IS NOT NULL;
CREATE INDEX attempts_by_prompt ON attempts(prompt_version, model) WHERE state = 'answered';
CREATE INDEX attempts_under_way ON attempts(key) WHERE state = 'sent';
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    server TEXT NOT NULL,       -- the address of the server that has it
    mark TEXT NOT NULL UNIQUE,  -- begins every custom_id, so that results prove whose they are
    state TEXT NOT NULL,        -- submitting, guessed, submitted, collected, rejected, abandoned
    n INTEGER NOT NULL,
    server_id TEXT UNIQUE,
    created_at REAL NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
);
CREATE TABLE strangers (        -- batches at the server that were guessed to be ours and are not
    batch INTEGER NOT NULL,
    server_id TEXT NOT NULL,
    PRIMARY KEY (batch, server_id)
);
CREATE TABLE subjects (         -- whose words a request held
    conversation_id TEXT NOT NULL,
    key BLOB NOT NULL,
    PRIMARY KEY (conversation_id, key)
) WITHOUT ROWID;
CREATE INDEX subjects_by_key ON subjects(key);
PRAGMA user_version = 1;
