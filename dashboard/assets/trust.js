/* The data-quality page's tables of what was heard. The server has made every text (dashboard/trust_cards.py). */

import { row } from "./tables.js";
import { follow } from "./live/table.js";

follow("pbxs", 10, row);
follow("days", 8, row);
follow("gaps", 5, row);
