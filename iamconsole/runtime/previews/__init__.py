"""What a change of policies would change for those whom it concerns, before it is made.

Holder     whom a managed policy concerns              accounts/attachments/queries.py
LayerEdit  what one layer of somebody's policies gets  policies/previews/edit.py
edits      which ones an operation would make          planned.py
Usage      what they asked for lately                  audit/history/usage.py
Question   what the documents make one ask             policies/previews/questions.py
Preview    all of it decided, before and after         previewing.py; of a trust policy: trusting.py
Lockout    what nobody may be left to undo             lockouts.py
"""
