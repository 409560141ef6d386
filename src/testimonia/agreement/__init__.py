"""Agreement between two people who coded the same documents, by field, and the differences to settle.

Two claims are paired if they are of the same kind and cite words of the same document that overlap (or the
same record of a table). If several pairs are possible, those with most fields, and then most words, in
common are made first. A claim without a pair was coded by one person only.

The names that coders give to things are not compared, but the things are: an agent by its label, an unnamed
source by its body, time bounds by the times, a group by its members.
"""

from testimonia.agreement.coded_claims import CodedClaim
from testimonia.agreement.comparison import Agreement, Difference, FieldAgreement, compare
from testimonia.agreement.krippendorff import alpha

__all__ = ["Agreement", "CodedClaim", "Difference", "FieldAgreement", "alpha", "compare"]
