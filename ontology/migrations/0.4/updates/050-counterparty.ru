#+ summary: Propositions of the shipped data say whom the actor acts against, alongside or towards
PREFIX tmn: <https://w3id.org/testimonia/ns#>
PREFIX prop: <https://w3id.org/testimonia/id/proposition/>
PREFIX agent: <https://w3id.org/testimonia/id/agent/>

DELETE { ?proposition tmn:counterparty ?agent }
INSERT { ?proposition ?relation ?agent }
WHERE {
  VALUES (?proposition ?agent ?relation) {
    (prop:aligned-nations-support agent:global-coalition tmn:towards)
    (prop:allies-share-intent agent:islamic-state tmn:against)
    (prop:arrest-operation-coordinated agent:global-coalition tmn:alongside)
    (prop:attack-aimed-at-us-and-syria agent:syria tmn:against)
    (prop:attack-aimed-at-us-and-syria agent:united-states tmn:against)
    (prop:attack-motive-pressure agent:palmyra-syrian-partners tmn:against)
    (prop:attack-motive-pressure agent:syrian-military tmn:against)
    (prop:attacker-fired-at-convoy agent:syria tmn:against)
    (prop:attacker-fired-at-convoy agent:us-armed-forces tmn:against)
    (prop:branch-clashed-with-islamic-state agent:islamic-state tmn:against)
    (prop:coalition-partnerships-to-amplify agent:global-coalition tmn:alongside)
    (prop:coalition-partnerships-to-amplify agent:islamic-state tmn:against)
    (prop:desert-campaign agent:islamic-state tmn:against)
    (prop:former-rebels-overthrew-assad agent:bashar-al-assad tmn:against)
    (prop:homs-operation-launched agent:islamic-state tmn:against)
    (prop:rubio-shibani-call agent:asaad-al-shibani tmn:alongside)
    (prop:sharaa-sent-condolences agent:donald-trump tmn:towards)
    (prop:shibani-condolences agent:marco-rubio tmn:towards)
    (prop:strategy-enable-partners agent:islamic-state tmn:against)
    (prop:strategy-limited-support agent:palmyra-syrian-partners tmn:towards)
    (prop:syria-intensified-cooperation agent:global-coalition tmn:alongside)
    (prop:syria-to-destroy-islamic-state agent:islamic-state tmn:against)
    (prop:syrian-partners-keep-up-pressure agent:united-states tmn:alongside)
    (prop:us-and-syria-step-up-coordination agent:united-states tmn:alongside)
    (prop:us-presence-shields-america agent:islamic-state tmn:against)
    (prop:us-to-deepen-coordination agent:islamic-state tmn:against)
    (prop:us-troops-in-northeast agent:islamic-state tmn:against)
  }
  ?proposition tmn:counterparty ?agent
} ;

DELETE { GRAPH ?graph { ?proposition tmn:counterparty ?agent } }
INSERT { GRAPH ?graph { ?proposition ?relation ?agent } }
WHERE {
  VALUES (?proposition ?agent ?relation) {
    (prop:aligned-nations-support agent:global-coalition tmn:towards)
    (prop:allies-share-intent agent:islamic-state tmn:against)
    (prop:arrest-operation-coordinated agent:global-coalition tmn:alongside)
    (prop:attack-aimed-at-us-and-syria agent:syria tmn:against)
    (prop:attack-aimed-at-us-and-syria agent:united-states tmn:against)
    (prop:attack-motive-pressure agent:palmyra-syrian-partners tmn:against)
    (prop:attack-motive-pressure agent:syrian-military tmn:against)
    (prop:attacker-fired-at-convoy agent:syria tmn:against)
    (prop:attacker-fired-at-convoy agent:us-armed-forces tmn:against)
    (prop:branch-clashed-with-islamic-state agent:islamic-state tmn:against)
    (prop:coalition-partnerships-to-amplify agent:global-coalition tmn:alongside)
    (prop:coalition-partnerships-to-amplify agent:islamic-state tmn:against)
    (prop:desert-campaign agent:islamic-state tmn:against)
    (prop:former-rebels-overthrew-assad agent:bashar-al-assad tmn:against)
    (prop:homs-operation-launched agent:islamic-state tmn:against)
    (prop:rubio-shibani-call agent:asaad-al-shibani tmn:alongside)
    (prop:sharaa-sent-condolences agent:donald-trump tmn:towards)
    (prop:shibani-condolences agent:marco-rubio tmn:towards)
    (prop:strategy-enable-partners agent:islamic-state tmn:against)
    (prop:strategy-limited-support agent:palmyra-syrian-partners tmn:towards)
    (prop:syria-intensified-cooperation agent:global-coalition tmn:alongside)
    (prop:syria-to-destroy-islamic-state agent:islamic-state tmn:against)
    (prop:syrian-partners-keep-up-pressure agent:united-states tmn:alongside)
    (prop:us-and-syria-step-up-coordination agent:united-states tmn:alongside)
    (prop:us-presence-shields-america agent:islamic-state tmn:against)
    (prop:us-to-deepen-coordination agent:islamic-state tmn:against)
    (prop:us-troops-in-northeast agent:islamic-state tmn:against)
  }
  GRAPH ?graph { ?proposition tmn:counterparty ?agent }
}
