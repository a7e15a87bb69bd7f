"""Tests of alarmgw.codec."""
