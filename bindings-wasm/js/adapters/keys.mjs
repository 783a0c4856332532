// The keys of issuers over time: the library says when to fetch and what to use, this fetches.

import * as idjag from '#api';
import { TimeLimit } from './bounded.mjs';
import { clock } from './defaults.mjs';
import { send, TIMEOUT_MS } from './send.mjs';
