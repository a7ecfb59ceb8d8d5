"""The palette of Ctrl-K: what is typed there is a name, a command or a question about access."""
