"""Our steps in nbgrader's three lists, in order; ``nbgrader_config.py`` puts them there."""

from __future__ import annotations

_HERE = "autograder.gradebook.steps."
_STOCK = "nbgrader.preprocessors."

EXPORTER = _HERE + "read_submission.ReadSubmission"
SANITIZE = [
    _HERE + "rebuild_notebook.RebuildNotebook",  # all metadata is the instructor's from here on: nothing to check
]
AUTOGRADE = [
    _HERE + "run_and_judge.RunAndJudge",
    _STOCK + "IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    _STOCK + "LimitOutput",
    _HERE + "save_marks.SaveMarks",
    _STOCK + "AssignLatePenalties",
]
FEEDBACK = [
    _STOCK + "GetGrades",
    _HERE + "show_results.ShowResults",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
FORMGRADER = [_HERE + "clean_student_text.CleanStudentText"]
