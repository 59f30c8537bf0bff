"""What the notebook `first` of a new study computes and says."""
