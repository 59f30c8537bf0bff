"""Statistics on plain arrays and frames: nothing here knows of children or authorities."""
