"""The four dimensions, in the order of the principle "Quality" (Council Recommendation 2022/C 243/02, Annex II)."""

from iqas.dimensions.course import COURSE
from iqas.dimensions.credential import CREDENTIAL
from iqas.dimensions.dimension import Dimension
from iqas.dimensions.learners import LEARNERS
from iqas.dimensions.peers import PEERS

DIMENSIONS: tuple[Dimension, ...] = (CREDENTIAL, COURSE, LEARNERS, PEERS)
