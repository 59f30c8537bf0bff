"""What the notebook `comparison` computes and says, a file a section of its page."""
