"""Jobs at a steady rate for minutes: no error, a queue that drains, memory that is flat."""
