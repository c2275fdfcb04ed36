// npm start: builds what has changed, then runs database, chain, engine and site until Ctrl-C.
import { bootstrap } from "./bootstrap.mjs";

bootstrap("local/run.ts");
