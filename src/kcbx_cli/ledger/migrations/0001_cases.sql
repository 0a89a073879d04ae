-- The case ledger. A case is a child's number for life: year * 1000000 + serial, written 2021-0001.
-- Dates are whole numbers yyyymmdd, 0 for none. Columns named recorded_at and applied_at hold the wall clock; no
-- output is made from them.

CREATE TABLE migrations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL
) STRICT;

-- A command that has changed the ledger. `files` is the id of the set of files that it wrote, empty for none.
CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    files TEXT NOT NULL,
    who TEXT NOT NULL,
    recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_files ON runs (files);

-- A plan whose files are about to be swapped in: at most one.
CREATE TABLE pending (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    files TEXT NOT NULL,
    token TEXT NOT NULL,
    plan TEXT NOT NULL
) STRICT;

CREATE TABLE cases (
    number INTEGER PRIMARY KEY CHECK (number > 1000000)
) STRICT;

-- Who a case is about: the only table with personal data, so that it can be purged while events stay. A correction
-- adds a row; the newest one holds.
CREATE TABLE identities (
    identity INTEGER PRIMARY KEY,
    number INTEGER NOT NULL REFERENCES cases,
    since INTEGER NOT NULL,
    name TEXT NOT NULL,
    former_name TEXT NOT NULL,
    sex TEXT NOT NULL,
    id_pattern TEXT NOT NULL,
    id_state TEXT NOT NULL,
    birth INTEGER NOT NULL,
    id_birth INTEGER NOT NULL,
    township_code TEXT NOT NULL,
    township TEXT NOT NULL,
    village TEXT NOT NULL,
    address TEXT NOT NULL,
    registry_number TEXT NOT NULL,
    household TEXT NOT NULL,
    relation TEXT NOT NULL,
    head_name TEXT NOT NULL,
    guardian_name TEXT NOT NULL,
    guardian_relation TEXT NOT NULL,
    phone TEXT NOT NULL,
    family_names TEXT NOT NULL,
    family_ids TEXT NOT NULL
) STRICT;
CREATE INDEX identities_by_case ON identities (number, identity);

CREATE TABLE sources (
    source INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    sheet TEXT NOT NULL,
    UNIQUE (file, sheet)
) STRICT;

CREATE TABLE events (
    event INTEGER PRIMARY KEY,
    number INTEGER NOT NULL REFERENCES cases,
    as_of INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('opened', 'carried', 'reopened', 'closed', 'answered')),
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    disposition TEXT NOT NULL,
    closes INTEGER NOT NULL CHECK (closes IN (0, 1)),
    deceased INTEGER NOT NULL CHECK (deceased IN (0, 1)),
    expires INTEGER NOT NULL,
    who TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES sources,
    row INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES runs
) STRICT;
CREATE INDEX events_by_case ON events (number, as_of, what);

-- Pairs that a person has decided, by digests of what was compared; the newest answer holds.
CREATE TABLE answers (
    answer INTEGER PRIMARY KEY,
    left_digest TEXT NOT NULL,
    right_digest TEXT NOT NULL,
    same TEXT NOT NULL CHECK (same IN ('yes', 'no')),
    as_of INTEGER NOT NULL,
    who TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES sources,
    row INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES runs
) STRICT;
CREATE INDEX answers_by_pair ON answers (left_digest, right_digest, answer);

-- Where each case stands: follows from its events by the trigger below, and from nothing else. `month` is the newest
-- monthly event, `counted` the newest that counts as a month open; an answer holds until the case is reopened.
CREATE TABLE states (
    number INTEGER PRIMARY KEY REFERENCES cases,
    open INTEGER NOT NULL,
    first INTEGER NOT NULL,
    month INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    months INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    disposition TEXT NOT NULL,
    closes INTEGER NOT NULL,
    deceased INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    answered INTEGER NOT NULL
) STRICT;

CREATE TRIGGER events_open AFTER INSERT ON events WHEN NEW.what = 'opened'
BEGIN
    INSERT INTO states
    VALUES (NEW.number, 1, NEW.as_of, NEW.as_of, NEW.as_of, 1, NEW.kind, NEW.reason, '', 0, 0, 0, 0);
END;

CREATE TRIGGER events_go_on AFTER INSERT ON events WHEN NEW.what IN ('carried', 'reopened')
BEGIN
    UPDATE states SET
        open = 1,
        month = NEW.as_of,
        months = months + (NEW.as_of / 100 > counted / 100),
        counted = max(counted, NEW.as_of),
        kind = NEW.kind,
        reason = NEW.reason,
        disposition = CASE NEW.what WHEN 'reopened' THEN '' ELSE disposition END,
        closes = CASE NEW.what WHEN 'reopened' THEN 0 ELSE closes END,
        deceased = CASE NEW.what WHEN 'reopened' THEN 0 ELSE deceased END,
        expires = CASE NEW.what WHEN 'reopened' THEN 0 ELSE expires END
    WHERE number = NEW.number;
END;

CREATE TRIGGER events_close AFTER INSERT ON events WHEN NEW.what = 'closed'
BEGIN
    UPDATE states SET open = 0, month = NEW.as_of, kind = NEW.kind, reason = NEW.reason WHERE number = NEW.number;
END;

CREATE TRIGGER events_answer AFTER INSERT ON events WHEN NEW.what = 'answered'
BEGIN
    UPDATE states SET
        open = CASE NEW.closes WHEN 1 THEN 0 ELSE open END,
        disposition = NEW.disposition,
        closes = NEW.closes,
        deceased = NEW.deceased,
        expires = NEW.expires,
        answered = NEW.as_of
    WHERE number = NEW.number;
END;

CREATE TRIGGER events_need_an_opening BEFORE INSERT ON events
WHEN (NEW.what = 'opened') = EXISTS (SELECT 1 FROM states WHERE number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'a case is opened once, and before all else');
END;

CREATE TRIGGER cases_stay BEFORE DELETE ON cases BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER cases_keep BEFORE UPDATE ON cases BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER answers_keep BEFORE UPDATE ON answers BEGIN SELECT RAISE(ABORT, 'append only'); END;
