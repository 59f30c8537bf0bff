"""What the notebook `northamptonshire` computes and says, a file a section of its page."""
