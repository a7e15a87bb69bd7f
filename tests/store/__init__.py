"""Tests of alarmgw.store."""
