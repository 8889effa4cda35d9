// Asks an endpoint a query as Comunica does, found by its address alone; prints the result in SPARQL JSON.
import { QueryEngine } from "@comunica/query-sparql";

const [endpoint, query] = process.argv.slice(2);
const engine = new QueryEngine();
const result = await engine.query(query, { sources: [endpoint] });
const { data } = await engine.resultToString(result, "application/sparql-results+json");
data.pipe(process.stdout);
