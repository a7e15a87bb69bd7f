-- Step 2: what belongs to nobody yet, and customers, sites and sources with all that is known of them.

-- Projection of entry: rebuildable, changed in the same transaction.
CREATE TABLE unassigned_alarm (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES entry (seq),    -- its alarm entry
    alarm TEXT NOT NULL UNIQUE,         -- its id
    sender TEXT NOT NULL,               -- the envelope's sender as it was said
    peer TEXT NOT NULL                  -- the address that it came from
) STRICT;
CREATE INDEX unassigned_alarm_sender ON unassigned_alarm (sender, peer);

-- Projection of entry: rebuildable, changed in the same transaction.
CREATE TABLE adopted_alarm (
    alarm TEXT NOT NULL PRIMARY KEY,    -- its id
    seq INTEGER NOT NULL REFERENCES entry (seq),    -- the entry that adopted it
    source TEXT NOT NULL                -- whose it is now
) STRICT;
CREATE INDEX adopted_alarm_seq ON adopted_alarm (seq);

INSERT INTO unassigned_alarm (seq, alarm, sender, peer)
SELECT seq, alarm,
  coalesce(json_extract(CAST(body AS TEXT), '$.envelope.from'), ''),
  coalesce(json_extract(CAST(body AS TEXT), '$.envelope.peer'), '')
FROM entry
WHERE type = 'alarm'
  AND CASE WHEN json_valid(CAST(body AS TEXT))
  THEN json_extract(CAST(body AS TEXT), '$.source') IS NULL
  AND json_extract(CAST(body AS TEXT), '$.origin') = 'device'
  ELSE 0 END;

CREATE TABLE source_aliases (
    alias TEXT NOT NULL PRIMARY KEY,    -- what the device calls itself or writes to, in lower case
    address TEXT NOT NULL REFERENCES sources (address)  -- the source
) STRICT;

CREATE INDEX source_aliases_address ON source_aliases (address);
CREATE INDEX source_networks_address ON source_networks (address);
CREATE INDEX source_certificates_login ON source_certificates (login);

ALTER TABLE customers ADD COLUMN address TEXT;      -- street and town, for letters
ALTER TABLE customers ADD COLUMN notes TEXT;        -- what else people want to know

ALTER TABLE sites ADD COLUMN action_text TEXT;      -- Maßnahmentext: what is done at an alarm
ALTER TABLE sites ADD COLUMN notes TEXT;            -- what else people want to know

CREATE TABLE site_contacts (
    site TEXT NOT NULL REFERENCES sites (number),   -- whose contact
    place INTEGER NOT NULL,             -- the calling order, from 1
    name TEXT NOT NULL,                 -- Ansprechpartner
    phone TEXT NOT NULL,                -- as it is dialled
    PRIMARY KEY (site, place)
) STRICT;

ALTER TABLE sources ADD COLUMN make TEXT;           -- maker and model
ALTER TABLE sources ADD COLUMN pre_alarm_pictures INTEGER;  -- how many pictures precede the event
ALTER TABLE sources ADD COLUMN routine_minutes INTEGER;     -- a routine call is due in this time
ALTER TABLE sources ADD COLUMN priority INTEGER;    -- class 1 to 5 of its alarms; null: by kind
ALTER TABLE sources ADD COLUMN handling TEXT;       -- of its alarms; null: the queue
ALTER TABLE sources ADD COLUMN action_text TEXT;    -- Maßnahmentext; null: its site's
ALTER TABLE sources ADD COLUMN notes TEXT;          -- what else people want to know
ALTER TABLE sources ADD COLUMN disabled TEXT;       -- since when it is out of use; null while in use
