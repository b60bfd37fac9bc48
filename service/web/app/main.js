// Where the dashboard begins.

import { startHeader } from "./header.js";
import { startRouter } from "./router.js";

startHeader();
startRouter(document.querySelector("#content"));
