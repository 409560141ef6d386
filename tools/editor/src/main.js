// What the SPARQL pages use: the editor of queries, and charts and maps of answers.
export { QueryEditor } from "./query_editor.js";
export { rankOf } from "./answer_values.js";
export { Views } from "./answer_views.js";
export { sortable } from "./sorting.js";
