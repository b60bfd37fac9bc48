// Where the dashboard begins.

import { startHeader } from "./header.js";

startHeader();
