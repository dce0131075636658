"""The only SSH client: one connection a node, its questions asked at their own rhythm."""
