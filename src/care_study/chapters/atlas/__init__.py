"""What the notebook `atlas` computes and says, a file a section of its page."""
