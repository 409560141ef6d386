#+ summary: Events of the shipped data that were filed under another type are filed under their own
PREFIX tmn: <https://w3id.org/testimonia/ns#>
PREFIX tmc: <https://w3id.org/testimonia/code/>
PREFIX event: <https://w3id.org/testimonia/id/event/>

DELETE { ?event tmn:eventType ?former }
INSERT { ?event tmn:eventType ?type }
WHERE {
  VALUES (?event ?former ?type) {
    (event:islamic-state-territorial-rule tmc:change-of-power tmc:holding-of-power)
    (event:rule-of-former-rebels tmc:change-of-power tmc:holding-of-power)
    (event:al-qaeda-branch-break tmc:change-of-power tmc:separation)
    (event:coalition-campaign tmc:military-deployment tmc:armed-conflict)
  }
  ?event tmn:eventType ?former
} ;

DELETE { GRAPH ?graph { ?event tmn:eventType ?former } }
INSERT { GRAPH ?graph { ?event tmn:eventType ?type } }
WHERE {
  VALUES (?event ?former ?type) {
    (event:islamic-state-territorial-rule tmc:change-of-power tmc:holding-of-power)
    (event:rule-of-former-rebels tmc:change-of-power tmc:holding-of-power)
    (event:al-qaeda-branch-break tmc:change-of-power tmc:separation)
    (event:coalition-campaign tmc:military-deployment tmc:armed-conflict)
  }
  GRAPH ?graph { ?event tmn:eventType ?former }
}
