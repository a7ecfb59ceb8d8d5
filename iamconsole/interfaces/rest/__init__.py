"""The REST door, `/api/v1/`: DRF views and serializers derived from the operation declarations.

GET and DELETE take their members from the query string, where a list repeats its name (`TagKeys=a&TagKeys=b`); other
methods take a JSON object. Members bear AWS's names; one that the operation does not know is refused.
"""
