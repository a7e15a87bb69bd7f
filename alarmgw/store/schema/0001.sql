-- Step 1: the journal, its projections, and the records that accounts keep.
--
-- Times are RFC 3339 texts in UTC.  Records are retired, not deleted: the
-- journal names them for as long as it is kept.

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,     -- identity, node, created, schema, settled, reopened
    value TEXT NOT NULL                 -- always text; numbers in decimal
) STRICT;

CREATE TABLE entry (
    seq INTEGER NOT NULL PRIMARY KEY,   -- the only order; from 1, without gaps
    type TEXT NOT NULL,                 -- alarm, closed, config, system ...
    alarm TEXT,                         -- the alarm it is about, where it is about one
    mail TEXT,                          -- the mail it is about, where it is about one
    body BLOB NOT NULL,                 -- the immutable part: UTF-8 JSON without seq
    hash BLOB NOT NULL CHECK (length(hash) = 32)    -- SHA-256(hash of seq - 1 || body)
) STRICT;

-- An alarm arrives once; everything that happens to it later may be many entries.
CREATE UNIQUE INDEX entry_alarm_once ON entry (alarm) WHERE type = 'alarm';
CREATE INDEX entry_alarm ON entry (alarm) WHERE alarm IS NOT NULL;

CREATE TABLE content (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES entry (seq),    -- whose words these are
    salt BLOB NOT NULL,                 -- hashed in front of body, so that nobody can guess
    body BLOB NOT NULL                  -- what a mail or a person said: UTF-8 JSON
) STRICT;

-- Projection of entry: rebuildable, changed in the same transaction.
CREATE TABLE open_alarm (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES entry (seq),    -- its alarm entry
    alarm TEXT NOT NULL UNIQUE          -- its id
) STRICT;

CREATE TABLE tenants (
    name TEXT NOT NULL PRIMARY KEY,     -- Mandant: whose data it is; rights hang on it
    title TEXT,                         -- as it is printed on reports
    created TEXT NOT NULL,              -- when the record was made
    retired TEXT                        -- when it was removed; null while it is used
) STRICT;

CREATE TABLE customers (
    number TEXT NOT NULL PRIMARY KEY,   -- Kundennummer
    name TEXT,                          -- the customer's name
    tenant TEXT REFERENCES tenants (name),  -- whose customer
    created TEXT NOT NULL,              -- when the record was made
    retired TEXT                        -- when it was removed; null while it is used
) STRICT;

CREATE TABLE sites (
    number TEXT NOT NULL PRIMARY KEY,   -- Objektnummer
    name TEXT,                          -- what operators call it
    tenant TEXT,                        -- whose data its alarms are; null: the only tenant's
    customer TEXT REFERENCES customers (number),    -- who pays for it
    address TEXT,                       -- street and town, for whoever is sent there
    time_zone TEXT,                     -- IANA name; null: the control room's own
    created TEXT NOT NULL,              -- when the record was made
    retired TEXT                        -- when it was removed; null while it is used
) STRICT;

CREATE TABLE logins (
    name TEXT NOT NULL PRIMARY KEY,     -- what devices log in with, in lower case
    salt BLOB NOT NULL,                 -- the key of the HMAC
    digest BLOB NOT NULL,               -- HMAC-SHA256(salt, password)
    created TEXT NOT NULL               -- when its password was set
) STRICT;

CREATE TABLE sources (
    address TEXT NOT NULL PRIMARY KEY,  -- Bildquelle's mail address, in lower case
    name TEXT,                          -- what operators call it
    site TEXT REFERENCES sites (number),    -- where it stands
    tenant TEXT,                        -- whose data its alarms are; null: its site's tenant
    login TEXT REFERENCES logins (name),    -- who may send for it; null: trusted networks only
    created TEXT NOT NULL,              -- when the record was made
    retired TEXT                        -- when it was removed; null while it is used
) STRICT;
CREATE INDEX sources_login ON sources (login) WHERE login IS NOT NULL;

CREATE TABLE source_networks (
    network TEXT NOT NULL,              -- 10.1.2.3/32: mail from here is this source's
    address TEXT NOT NULL REFERENCES sources (address), -- the source
    PRIMARY KEY (network, address)
) STRICT;

CREATE TABLE source_certificates (
    fingerprint TEXT NOT NULL PRIMARY KEY,  -- SHA-256 of DER, lower-case hex
    login TEXT NOT NULL REFERENCES logins (name)    -- whom it logs in
) STRICT;

CREATE TABLE operators (
    name TEXT NOT NULL PRIMARY KEY,     -- Bediener, in lower case
    role TEXT NOT NULL CHECK (role IN ('operator', 'shift_leader')),    -- what he may decide
    salt BLOB NOT NULL,                 -- scrypt's salt
    digest BLOB NOT NULL,               -- scrypt(password, n=2^14, r=8, p=1)
    created TEXT NOT NULL,              -- when the record was made
    retired TEXT                        -- when it was removed; null while it is used
) STRICT;

CREATE TABLE workstations (
    fingerprint TEXT NOT NULL PRIMARY KEY,  -- of its certificate: SHA-256 of DER, lower-case hex
    name TEXT NOT NULL,                 -- Arbeitsplatz; one at a time bears a name
    added TEXT NOT NULL,                -- when it was enrolled
    revoked TEXT                        -- since when it is locked out; null while it may log in
) STRICT;
CREATE UNIQUE INDEX workstations_name ON workstations (name) WHERE revoked IS NULL;
