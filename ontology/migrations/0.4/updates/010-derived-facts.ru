#+ summary: Derived facts and the assessments of policies are left out, to be derived again by the rules of 0.4
PREFIX tmn: <https://w3id.org/testimonia/ns#>

DELETE { GRAPH ?graph { ?subject ?predicate ?object } }
WHERE {
  GRAPH ?graph { ?subject ?predicate ?object }
  FILTER(REGEX(STR(?graph), "^https://w3id[.]org/testimonia/id/graph/(derived|accepted)(/|$)"))
} ;

# Facts that stand among the claims, where the shapes of 0.3 did not allow them either.
DELETE { ?subject ?predicate ?object }
WHERE {
  VALUES ?predicate {
    tmn:party tmn:speaker tmn:origin tmn:originParty tmn:tiedTo tmn:withdrawnBy tmn:upheldBy
    tmn:opposedBy tmn:agreesWith tmn:comparableWith tmn:narrowerThan tmn:countedAs tmn:refines
    tmn:compatibleWith tmn:incompatibleWith tmn:differsFrom tmn:revises tmn:revisesUp
    tmn:revisesDown tmn:conflictsWith tmn:partsAddUp tmn:confirmedBy tmn:ownLossConfirmedBy
    tmn:othersLossConfirmedBy tmn:concededBy tmn:countsOriginParty tmn:independentOrigins
  }
  ?subject ?predicate ?object
} ;

DELETE { GRAPH ?graph { ?subject ?predicate ?object } }
WHERE {
  VALUES ?predicate {
    tmn:party tmn:speaker tmn:origin tmn:originParty tmn:tiedTo tmn:withdrawnBy tmn:upheldBy
    tmn:opposedBy tmn:agreesWith tmn:comparableWith tmn:narrowerThan tmn:countedAs tmn:refines
    tmn:compatibleWith tmn:incompatibleWith tmn:differsFrom tmn:revises tmn:revisesUp
    tmn:revisesDown tmn:conflictsWith tmn:partsAddUp tmn:confirmedBy tmn:ownLossConfirmedBy
    tmn:othersLossConfirmedBy tmn:concededBy tmn:countsOriginParty tmn:independentOrigins
  }
  GRAPH ?graph { ?subject ?predicate ?object }
}
