"""The grader of Zero Mean: builds the course, judges submissions, reports what the class got wrong."""
