#+ summary: A number that is only about so many has bounds a tenth below and above it
PREFIX tmn: <https://w3id.org/testimonia/ns#>
PREFIX tmc: <https://w3id.org/testimonia/code/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

DELETE { ?count tmn:lowerBound ?lower ; tmn:upperBound ?upper }
INSERT { ?count tmn:pointEstimate ?estimate ; tmn:lowerBound ?newLower ; tmn:upperBound ?newUpper }
WHERE {
  ?count tmn:boundType tmc:approximately ; tmn:lowerBound ?lower ; tmn:upperBound ?upper .
  FILTER(?lower = ?upper)
  FILTER NOT EXISTS { ?count tmn:pointEstimate ?named }
  BIND(xsd:integer(STR(?lower)) AS ?number)
  # A tenth, rounded outwards, and at least one.
  BIND(IF(?number > 10, xsd:integer(CEIL(?number / 10)), 1) AS ?tenth)
  BIND(IF(?number > ?tenth, ?number - ?tenth, 0) AS ?least)
  BIND(STRDT(STR(?number), xsd:nonNegativeInteger) AS ?estimate)
  BIND(STRDT(STR(?least), xsd:nonNegativeInteger) AS ?newLower)
  BIND(STRDT(STR(?number + ?tenth), xsd:nonNegativeInteger) AS ?newUpper)
} ;

DELETE { GRAPH ?graph { ?count tmn:lowerBound ?lower ; tmn:upperBound ?upper } }
INSERT { GRAPH ?graph { ?count tmn:pointEstimate ?estimate ; tmn:lowerBound ?newLower ; tmn:upperBound ?newUpper } }
WHERE {
  GRAPH ?graph {
    ?count tmn:boundType tmc:approximately ; tmn:lowerBound ?lower ; tmn:upperBound ?upper .
    FILTER(?lower = ?upper)
    FILTER NOT EXISTS { ?count tmn:pointEstimate ?named }
  }
  BIND(xsd:integer(STR(?lower)) AS ?number)
  # A tenth, rounded outwards, and at least one.
  BIND(IF(?number > 10, xsd:integer(CEIL(?number / 10)), 1) AS ?tenth)
  BIND(IF(?number > ?tenth, ?number - ?tenth, 0) AS ?least)
  BIND(STRDT(STR(?number), xsd:nonNegativeInteger) AS ?estimate)
  BIND(STRDT(STR(?least), xsd:nonNegativeInteger) AS ?newLower)
  BIND(STRDT(STR(?number + ?tenth), xsd:nonNegativeInteger) AS ?newUpper)
}
