"""A policy in plain language: a sentence for each statement, made by rules alone. Pure."""

from policies.explaining.sentences import Sentence, sentences

__all__ = ["Sentence", "sentences"]
