-- What the lists, the registry and the special register said of a case's child, and from when on: a row is added when
-- something of it changes. May identify a child, so it can be purged while the events stay.
CREATE TABLE facts (
    fact INTEGER PRIMARY KEY,
    number INTEGER NOT NULL REFERENCES cases,
    since INTEGER NOT NULL,
    sentence TEXT NOT NULL,
    near TEXT NOT NULL,
    expected_grade TEXT NOT NULL,
    groups TEXT NOT NULL,
    school TEXT NOT NULL,
    grade TEXT NOT NULL,
    class_name TEXT NOT NULL,
    status TEXT NOT NULL,
    status_date INTEGER NOT NULL,
    listed TEXT NOT NULL,
    registered TEXT NOT NULL,
    category TEXT NOT NULL,
    approved INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    study TEXT NOT NULL,
    responsible TEXT NOT NULL
) STRICT;
CREATE INDEX facts_by_case ON facts (number, fact);

-- What somebody remarked on a case. May hold personal data, so it can be purged.
CREATE TABLE notes (
    note INTEGER PRIMARY KEY,
    number INTEGER NOT NULL REFERENCES cases,
    as_of INTEGER NOT NULL,
    who TEXT NOT NULL,
    text TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES runs
) STRICT;
CREATE INDEX notes_by_case ON notes (number, note);
CREATE TRIGGER notes_keep BEFORE UPDATE ON notes BEGIN SELECT RAISE(ABORT, 'append only'); END;
