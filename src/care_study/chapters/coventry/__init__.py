"""What the notebook `coventry` computes and says, a file a section of its page."""
