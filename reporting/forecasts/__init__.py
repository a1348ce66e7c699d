"""Expected ranges: plain functions over counts; no request, no clock, no database, no sampling.

``counts``  the law of a count
``pace``    what is remembered of past weeks, and what it says of those to come
``finish``  when so many items will be done, and how many by a week
``sprint``  what a running sprint will deliver
"""
