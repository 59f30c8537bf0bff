"""What the notebook `methods` computes and says, a file a section of its page."""
