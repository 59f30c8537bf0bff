"""Recomputes claims about English children's services against the official statistics."""
