"""What the notebook `profile` computes and says, a file a section of its page."""
