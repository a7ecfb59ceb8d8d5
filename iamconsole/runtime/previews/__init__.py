"""What a change of a managed policy would change for those who have it, before it is made.

Holder     whom the policy concerns              accounts/attachments/queries.py
Usage      what they asked for lately            audit/history/usage.py
Question   what the two documents make one ask   policies/previews/questions.py
Preview    all of it decided, before and after   previewing.py
"""
