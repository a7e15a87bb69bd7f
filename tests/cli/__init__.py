"""Tests of alarmgw.cli."""
