"""The one front-end of all demos: controls, pictures and words, drawn from a table or by the kernel."""
