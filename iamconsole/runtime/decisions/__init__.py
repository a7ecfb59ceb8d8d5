"""May this principal do this? Asked by services of principals of their account, answered from the projection alone.

    Question   what is asked, checked            questions.py
    Subject    a principal, ready to be decided  subjects.py
    Caller     whoever asks                      callers.py
    Answer     the decision and its reasons      answers.py

Nothing in here knows HTTP, and nothing asks the account tables.
"""
