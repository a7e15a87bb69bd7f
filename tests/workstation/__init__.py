"""Tests of alarmgw.workstation."""
