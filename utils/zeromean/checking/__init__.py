"""``check(f)``: the visible checks of an exercise, tried on the student's function and told in words."""
