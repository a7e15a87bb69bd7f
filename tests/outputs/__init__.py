"""Tests of alarmgw.outputs."""
