// Removed with this target's first source.
