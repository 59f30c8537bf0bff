"""What the notebook `reference` computes and says, a file a section of its page."""
