"""What the notebook `cambridgeshire` computes and says, a file a section of its page."""
