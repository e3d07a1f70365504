// Requests that are sent until somebody answers, however long the network or the log-in is gone.

import { LoggedOut, Unreachable, loggedInAgain, pause, post } from "./net.js";
import * as status from "./status.js";

/** Wait until a request for a segment that failed so may be sent again; throws what waiting does not help. */
export async function untilReachable(id, error, tries) {
  if (error instanceof LoggedOut) {
    status.loggedOut(id);
    await loggedInAgain();
  } else if (error instanceof Unreachable) {
    status.offline(id);
    await pause(Math.min(1000 * 2 ** tries, 15000));
  } else {
    throw error;
  }
}

/** Send the same fields until somebody answers; their key makes them count once. */
export async function deliver(id, url, fields) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await post(url, fields);
    } catch (error) {
      await untilReachable(id, error, tries);
    }
  }
}
