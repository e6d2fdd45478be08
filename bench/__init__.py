"""How fast the site is, as ratios to the limits of the same machine in the same minutes.

``python -m bench`` starts what it measures, on loopback and in temporary folders, and stops it.
"""
