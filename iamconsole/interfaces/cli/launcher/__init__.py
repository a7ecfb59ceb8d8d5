"""The supervisor behind `make run`: broker, web, worker and scheduler as one process tree."""
