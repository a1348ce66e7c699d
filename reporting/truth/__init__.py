"""Whether what people wrote agrees with what is known: pure functions of a text and the facts.

A number, date, name or colour in a text is a *claim*. What contradicts a fact may not go out;
what no fact carries is said in the name of whoever wrote it. Only what can be told for sure is
called a contradiction: a claim whose subject or meaning is not plain counts as without a source.

``known``   what the facts of a draft say, by subject and meaning
``claims``  what a text says
``days``    the days that a text names
``verdict`` the two against each other
"""

from reporting.truth.claims import names_in
from reporting.truth.known import Known, known_of
from reporting.truth.verdict import Finding, examine

__all__ = ["Finding", "Known", "examine", "known_of", "names_in"]
