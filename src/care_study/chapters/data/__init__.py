"""What the notebook `data` computes and says, a file a section of its page."""
