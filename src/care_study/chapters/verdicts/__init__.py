"""What the notebook `verdicts` computes and says, a file a section of its page."""
