"""From the sources of an assignment to what students and nbgrader read."""
