"""What the notebook `national` computes and says, a file a section of its page."""
