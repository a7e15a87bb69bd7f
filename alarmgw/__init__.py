"""The alarm gateway: one station between an alarm mail and an operator's screen."""
