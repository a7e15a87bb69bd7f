"""What alarmgw promises, each promise with a test."""
