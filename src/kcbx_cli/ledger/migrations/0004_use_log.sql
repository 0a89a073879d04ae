-- The newest entry of the use log when a run had changed the ledger: a log that is cut off or written anew is found out.
CREATE TABLE anchors (
    run INTEGER PRIMARY KEY REFERENCES runs,
    entry INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER anchors_stay BEFORE DELETE ON anchors BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER anchors_keep BEFORE UPDATE ON anchors BEGIN SELECT RAISE(ABORT, 'append only'); END;

-- Cases whose personal data was deleted: events and counts stay.
CREATE TABLE purged (
    number INTEGER PRIMARY KEY REFERENCES cases,
    as_of INTEGER NOT NULL,
    why TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES runs
) STRICT;

-- A finding may be changed in one way only: all that was written by hand is deleted.
DROP TRIGGER findings_keep;
CREATE TRIGGER findings_keep BEFORE UPDATE ON findings WHEN NOT (
    NEW.whereabouts = '' AND NEW.evidence = '' AND NEW.persuasion = '' AND NEW.checker = '' AND NEW.checker_phone = ''
    AND NEW.digest = '' AND NEW.finding = OLD.finding AND NEW.number = OLD.number AND NEW.as_of = OLD.as_of
    AND NEW.sender = OLD.sender AND NEW.disposition = OLD.disposition AND NEW.stage = OLD.stage
    AND NEW.checked_on = OLD.checked_on AND NEW.method = OLD.method AND NEW.source = OLD.source AND NEW.row = OLD.row
    AND NEW.run = OLD.run
)
BEGIN SELECT RAISE(ABORT, 'append only'); END;
