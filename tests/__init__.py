"""Tests of icetui: one file a room, screens on the demo, the real things where there are any."""
