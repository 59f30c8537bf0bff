"""What the notebook `hertfordshire` computes and says, a file a section of its page."""
