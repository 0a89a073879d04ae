-- The watch list: children who attend and may drop out. A watched child has a number of `cases` as everybody else, without
-- a row in `states` until a case is opened. Events hold nothing personal; who helps the child is apart, so that it can be
-- purged.
CREATE TABLE watch_events (
    event INTEGER PRIMARY KEY,
    number INTEGER NOT NULL REFERENCES cases,
    as_of INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('proposed', 'put_on', 'paired', 'declined', 'lapsed', 'taken_off')),
    reason TEXT NOT NULL,
    who TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES sources,
    row INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES runs
) STRICT;
CREATE INDEX watch_events_by_number ON watch_events (number, event);
CREATE TRIGGER watch_events_stay BEFORE DELETE ON watch_events BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER watch_events_keep BEFORE UPDATE ON watch_events BEGIN SELECT RAISE(ABORT, 'append only'); END;

CREATE TABLE helpers (
    helper INTEGER PRIMARY KEY,
    number INTEGER NOT NULL REFERENCES cases,
    event INTEGER NOT NULL REFERENCES watch_events,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    help TEXT NOT NULL
) STRICT;
CREATE INDEX helpers_by_number ON helpers (number, helper);
CREATE TRIGGER helpers_keep BEFORE UPDATE ON helpers BEGIN SELECT RAISE(ABORT, 'append only'); END;
