"""Every chart of the book, as a function that takes a frame and returns an Altair chart."""
