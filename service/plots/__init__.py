"""Pictures of results: one way to draw, in SVG, and PNG made from the same drawing."""
