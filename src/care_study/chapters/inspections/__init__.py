"""What the notebook `inspections` computes and says, a file a section of its page."""
