// npm test: builds what has changed, then proves it: lint, types, units, contracts, engine, network, browser, real ciphertexts.
import { bootstrap } from "../local/bootstrap.mjs";

bootstrap("scripts/test/run.ts");
