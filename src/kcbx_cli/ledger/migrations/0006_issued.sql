-- What the report of each month was written from: words and counts as compressed JSON (see tables/issued.py), so that it
-- can be written again, the same byte for byte. A month that is run again replaces its own.
CREATE TABLE templates (
    sha256 TEXT PRIMARY KEY,
    content BLOB NOT NULL
) STRICT;

CREATE TABLE issued (
    month INTEGER PRIMARY KEY CHECK (month BETWEEN 190001 AND 999912),
    as_of INTEGER NOT NULL,
    counts BLOB NOT NULL,
    template TEXT NOT NULL REFERENCES templates,
    run INTEGER NOT NULL REFERENCES runs
) STRICT;

-- Case numbers and responsible people of those reports. May be purged: the report is then written in counts only.
CREATE TABLE issued_detail (
    month INTEGER PRIMARY KEY REFERENCES issued,
    content BLOB NOT NULL
) STRICT;

-- Registry problems by digest of pupil, school, code and field: from which month on (yyyymm), and from which month on no
-- more (0: still there). Names no person.
CREATE TABLE flaws (
    digest INTEGER NOT NULL,
    first INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    school TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (digest, first)
) STRICT;
CREATE INDEX flaws_still_there ON flaws (gone, first);
