// Removed with this target's first test.
