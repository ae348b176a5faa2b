"""What people read afterwards: feedback for a student, the class report for the staff."""
