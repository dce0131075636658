"""What to ask a kind of node, and which format reads the answer: one module a platform."""
