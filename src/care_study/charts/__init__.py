"""Every chart of the book, as a function from a frame to a drawing.

`theme` has colours and configuration; `series` charts through time; `dots` estimates with intervals
and bars; `spread` one area among many (strip, funnel). A drawing is an Altair chart that is made
for the width at hand: ``drawing.at(680)`` for a page, ``drawing.at(312)`` for a phone.
"""
