#+ summary: An assessment with an accepted bound says that it accepts a figure
PREFIX tmn: <https://w3id.org/testimonia/ns#>

INSERT { ?assessment tmn:acceptsFigure true }
WHERE {
  ?assessment tmn:acceptedLowerBound|tmn:acceptedUpperBound ?bound .
  FILTER NOT EXISTS { ?assessment tmn:acceptsFigure ?said }
} ;

INSERT { GRAPH ?graph { ?assessment tmn:acceptsFigure true } }
WHERE {
  GRAPH ?graph {
    ?assessment tmn:acceptedLowerBound|tmn:acceptedUpperBound ?bound .
    FILTER NOT EXISTS { ?assessment tmn:acceptsFigure ?said }
  }
}
