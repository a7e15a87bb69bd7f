"""Tests of alarmgw.ingest."""
