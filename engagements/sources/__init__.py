"""Trackers' files: recognised, read row by row, and put into the portal's own words.

Nothing here knows the database. ``work_file.WorkFile`` is the way in.
"""
