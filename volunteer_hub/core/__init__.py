"""What every feature stands on: database, clock, access, errors, forms, outbox, audit.

Knows no feature.
"""
