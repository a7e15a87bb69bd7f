-- Step 3: own rules; each device's clock; what is sent again or comes late; keys and texts of sources.

-- Own rules, for a source, a site or all.

-- What is kept of each device: its clock; and what is sent again or comes later.

-- Keys in the text by which a recorder's mail finds its source; action texts by event.
