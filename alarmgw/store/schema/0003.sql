-- Step 3: own rules; each device's clock; what is sent again or comes late; keys and texts of sources.

-- Own rules, for a source, a site or all.
CREATE TABLE rules (
    name TEXT NOT NULL PRIMARY KEY,     -- a short word; entries say rule:NAME
    source TEXT REFERENCES sources (address),   -- for this source only
    site TEXT REFERENCES sites (number),        -- for this site only; both null: for all
    position INTEGER NOT NULL,          -- of the same scope the smaller one is asked first
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)), -- whether it is asked at all
    subject TEXT,                       -- pattern for the subject
    text TEXT,                          -- pattern for the text
    sender TEXT,                        -- pattern for the envelope's sender
    file TEXT,                          -- pattern for the names of pictures and files
    kind TEXT,                          -- what it makes of the mail: its kind,
    event TEXT,                         -- the event's word,
    channel TEXT,                       -- the channel, with groups of the patterns as in {1},
    priority INTEGER CHECK (priority BETWEEN 1 AND 5),  -- the class,
    handling TEXT,                      -- and what is done with it; null: as without the rule
    created TEXT NOT NULL,              -- when the record was made
    CHECK (source IS NULL OR site IS NULL)  -- for one of them, not for both
) STRICT;

-- What is kept of each device: its clock; and what is sent again or comes later.

ALTER TABLE sources ADD COLUMN late_pictures_seconds INTEGER;   -- they join their alarm; null: off

-- A mail that came again arrives once, as an alarm does.
CREATE UNIQUE INDEX entry_resend_once ON entry (alarm) WHERE type = 'resend';

-- Projection of entry: rebuildable, changed in the same transaction.
CREATE TABLE follower (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES entry (seq),    -- a resend's entry, or late pictures'
    alarm TEXT NOT NULL UNIQUE,         -- its id
    first TEXT NOT NULL                 -- the alarm that it follows
) STRICT;
CREATE INDEX follower_first ON follower (first);

-- Projection of entry: rebuildable, changed in the same transaction.
CREATE TABLE source_clock (
    source TEXT NOT NULL PRIMARY KEY,   -- the source's address
    seq INTEGER NOT NULL REFERENCES entry (seq),    -- its newest alarm that told a time
    offset_s REAL NOT NULL,             -- seconds by which its clock is ahead; below 0: behind
    measured TEXT NOT NULL,             -- when that was
    off_since TEXT,                     -- since when it is off by over 2 min; null: it is right
    wrong_since TEXT                    -- since when that is a fault; null while it is none
) STRICT, WITHOUT ROWID;
CREATE INDEX source_clock_wrong ON source_clock (wrong_since) WHERE wrong_since IS NOT NULL;

-- Keys in the text by which a recorder's mail finds its source; action texts by event.
CREATE TABLE source_keys (
    login TEXT NOT NULL,                -- sources of one login are told apart by keys
    compared TEXT NOT NULL,             -- the key as it is compared: channel=4
    address TEXT NOT NULL REFERENCES sources (address),     -- the source that it names
    position INTEGER NOT NULL,          -- the order in which the source has them, from 1
    written TEXT NOT NULL,              -- the key as people read it
    PRIMARY KEY (login, compared)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_keys_address ON source_keys (address);

CREATE TABLE source_action_texts (
    address TEXT NOT NULL REFERENCES sources (address),     -- the source
    event TEXT NOT NULL,                -- at which event
    text TEXT NOT NULL,                 -- Maßnahmentext
    PRIMARY KEY (address, event)
) STRICT, WITHOUT ROWID;

CREATE TABLE site_action_texts (
    site TEXT NOT NULL REFERENCES sites (number),   -- whose
    event TEXT NOT NULL,                -- at which event
    text TEXT NOT NULL,                 -- Maßnahmentext
    PRIMARY KEY (site, event)
) STRICT, WITHOUT ROWID;

-- Incidents, sessions, suppressions.

-- Projection of entry: rebuildable, changed in the same transaction.  alarmgw/workflow.py is the fold.
CREATE TABLE incident (
    id TEXT NOT NULL PRIMARY KEY,       -- its first alarm's id
    key TEXT NOT NULL,                  -- site:NUMBER, source:ADDRESS or unassigned:SENDER|PEER
    list TEXT NOT NULL,                 -- alarm or fault
    state TEXT NOT NULL,                -- new, accepted, parked or closed
    priority INTEGER NOT NULL,          -- the lowest class number of its alarms
    since TEXT NOT NULL,                -- when its state began
    opened TEXT NOT NULL,               -- time of its first alarm
    last_alarm TEXT NOT NULL,           -- time of its last one
    count INTEGER NOT NULL,             -- how many it has
    first_seq INTEGER NOT NULL,         -- its first alarm's entry
    last_seq INTEGER NOT NULL,          -- its last one's
    seq INTEGER NOT NULL,               -- the last entry that changed it
    holder TEXT,                        -- the operator who has it, or parked or closed it
    workstation TEXT,                   -- ... and at which workstation
    session TEXT,                       -- ... and in which session
    follows TEXT,                       -- the incident before it
    offered_to TEXT,                    -- who alone may accept it for a while
    offered_until TEXT,                 -- ... until then
    due TEXT,                           -- until when it is parked
    unattended INTEGER NOT NULL,        -- whether its holder does nothing
    late INTEGER NOT NULL,              -- whether nobody accepted it in time
    touched TEXT,                       -- its holder's last journalled input
    outcome TEXT,                       -- how it ended
    accepted TEXT                       -- when somebody accepted it first
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_open ON incident (key) WHERE state != 'closed';
CREATE INDEX incident_key ON incident (key, first_seq);
CREATE INDEX incident_opened ON incident (opened, list, accepted, outcome, first_seq);

-- Projection of entry: rebuildable, changed in the same transaction.
CREATE TABLE incident_alarm (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES entry (seq),    -- its alarm entry
    alarm TEXT NOT NULL UNIQUE,         -- its id
    incident TEXT NOT NULL,             -- where it belongs now; a follow-up takes over what is unseen
    time TEXT NOT NULL,                 -- of its entry
    priority INTEGER NOT NULL,          -- its class
    restore INTEGER NOT NULL            -- whether it only says that something is over
) STRICT;
CREATE INDEX incident_alarm_incident ON incident_alarm (incident, seq);

-- Projection of entry: rebuildable, changed in the same transaction.
CREATE TABLE incident_step (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES entry (seq),    -- what was done or happened
    incident TEXT NOT NULL              -- to which incident
) STRICT;
CREATE INDEX incident_step_incident ON incident_step (incident, seq);

-- Projection of entry: rebuildable, changed in the same transaction.
CREATE TABLE operator_session (
    session TEXT NOT NULL PRIMARY KEY,  -- its id
    seq INTEGER NOT NULL REFERENCES entry (seq),    -- the entry by which it began
    workstation TEXT NOT NULL,          -- where he is signed on
    fingerprint TEXT NOT NULL           -- the certificate it is bound to
) STRICT, WITHOUT ROWID;

-- Projection of entry: rebuildable, changed in the same transaction.
CREATE TABLE suppression (
    suppression TEXT NOT NULL PRIMARY KEY,  -- its id
    seq INTEGER NOT NULL REFERENCES entry (seq),    -- the entry by which it began
    until TEXT NOT NULL,                -- when it ends
    noticed INTEGER NOT NULL,           -- whether its end was announced
    alarms INTEGER NOT NULL,            -- how many were held back
    first TEXT,                         -- time of the first of them
    last TEXT                           -- time of the last one
) STRICT, WITHOUT ROWID;

-- Projection of entry: rebuildable, changed in the same transaction.  A search looks here first.
CREATE TABLE history (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES entry (seq),    -- the entry
    type TEXT NOT NULL,                 -- its type
    time TEXT NOT NULL,                 -- when it was written
    word TEXT NOT NULL,                 -- an alarm's kind, a closing's outcome; else the type
    source TEXT,                        -- whose it is; a step's: of its incident's first alarm
    site TEXT                           -- ... and where
) STRICT;
CREATE INDEX history_source ON history (source, seq, type) WHERE source IS NOT NULL;
CREATE INDEX history_site ON history (site, seq) WHERE site IS NOT NULL;
CREATE INDEX history_word ON history (word, seq);
CREATE INDEX history_time ON history (time, type, word);

CREATE TABLE answered_command (
    workstation TEXT NOT NULL,          -- whose command it was: a certificate's fingerprint
    command TEXT NOT NULL,              -- the workstation's id for it
    asked BLOB NOT NULL,                -- SHA-256 of the command
    time TEXT NOT NULL,                 -- when it was answered
    answer BLOB NOT NULL,               -- with what: JSON
    PRIMARY KEY (workstation, command)
) STRICT, WITHOUT ROWID;
CREATE INDEX answered_command_time ON answered_command (time);
