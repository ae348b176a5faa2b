"""From a submitted notebook to a mark in the nbgrader gradebook."""
