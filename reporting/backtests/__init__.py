"""How forecasts would have held: the past walked in time order, each knowing only what was before.

``dates``    when so many items were done, against the law of the finish date
``sprints``  what sprints delivered, against what was to be expected of them
``files``    sprints of other teams, as files have them
"""
