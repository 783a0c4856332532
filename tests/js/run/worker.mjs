// The worker that workerd serves: the vectors come in as a request's body, the result goes back.

import * as idjag from 'idjag';
import { runSuite } from '../suite.mjs';

export default {
  async fetch(request) {
    const { backend } = idjag;
    return Response.json({ backend, agent: navigator.userAgent, ...runSuite(idjag, await request.json()) });
  },
};
