-- Sheets that come back. An answer may be withdrawn: findings disagree, or a corrected sheet takes it back. SQLite cannot
-- change a CHECK, so the table of events is made anew; nothing refers to it.

DROP TRIGGER events_open;
DROP TRIGGER events_go_on;
DROP TRIGGER events_close;
DROP TRIGGER events_answer;
DROP TRIGGER events_need_an_opening;
DROP TRIGGER events_stay;
DROP TRIGGER events_keep;
DROP INDEX events_by_case;
ALTER TABLE events RENAME TO events_before;

CREATE TABLE events (
    event INTEGER PRIMARY KEY,
    number INTEGER NOT NULL REFERENCES cases,
    as_of INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('opened', 'carried', 'reopened', 'closed', 'answered', 'withdrawn')),
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
INSERT INTO events SELECT * FROM events_before;
DROP TABLE events_before;
CREATE INDEX events_by_case ON events (number, as_of, what);

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

CREATE TRIGGER events_withdraw AFTER INSERT ON events WHEN NEW.what = 'withdrawn'
BEGIN
    UPDATE states SET open = 1, disposition = '', closes = 0, deceased = 0, expires = 0 WHERE number = NEW.number;
END;

CREATE TRIGGER events_need_an_opening BEFORE INSERT ON events
WHEN (NEW.what = 'opened') = EXISTS (SELECT 1 FROM states WHERE number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'a case is opened once, and before all else');
END;

CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END;

-- Files that were collected, by content: the same file twice changes nothing, and its copy in an output folder may be
-- replaced.
CREATE TABLE collected (
    sha256 TEXT PRIMARY KEY,
    file TEXT NOT NULL,
    kind TEXT NOT NULL,
    place TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES runs
) STRICT;

-- What was written into the blanks of a checklist about a case. May hold names and telephone numbers, so it can be
-- purged while the events stay. `digest` is of all that was written.
CREATE TABLE findings (
    finding INTEGER PRIMARY KEY,
    number INTEGER NOT NULL REFERENCES cases,
    as_of INTEGER NOT NULL,
    sender TEXT NOT NULL,
    disposition TEXT NOT NULL,
    stage TEXT NOT NULL,
    checked_on INTEGER NOT NULL,
    method TEXT NOT NULL,
    whereabouts TEXT NOT NULL,
    evidence TEXT NOT NULL,
    persuasion TEXT NOT NULL,
    checker TEXT NOT NULL,
    checker_phone TEXT NOT NULL,
    digest TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES sources,
    row INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES runs
) STRICT;
CREATE INDEX findings_by_case ON findings (number, as_of);
CREATE TRIGGER findings_keep BEFORE UPDATE ON findings BEGIN SELECT RAISE(ABORT, 'append only'); END;

-- Children who were written in by hand: the digest of what was written, and the case that it led to.
CREATE TABLE written_in (
    digest TEXT PRIMARY KEY,
    number INTEGER NOT NULL REFERENCES cases,
    run INTEGER NOT NULL REFERENCES runs
) STRICT;

-- What was filled in on sheets of data problems. Holds personal data.
CREATE TABLE corrections (
    correction INTEGER PRIMARY KEY,
    as_of INTEGER NOT NULL,
    file TEXT NOT NULL,
    sheet TEXT NOT NULL,
    row INTEGER NOT NULL,
    field TEXT NOT NULL,
    corrected TEXT NOT NULL,
    remark TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES runs,
    UNIQUE (as_of, file, sheet, row, field, corrected, remark)
) STRICT;
