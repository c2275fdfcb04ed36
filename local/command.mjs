// npm run upload-data, generate-heatmap and the others: a TypeScript program under the Node that npm brought.
import { bootstrap } from "./bootstrap.mjs";

const [entry, ...args] = process.argv.slice(2);
bootstrap(entry, args);
