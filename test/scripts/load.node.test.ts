import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect, test } from "vitest";
import { load } from "#scripts/bench/load.ts";

/** Closes a socket instead of answering when this says so of the how manieth request on it that is. */
async function serve(isClosed: (nth: number) => boolean) {
  const asked = new Map<Socket, number>();
  let answered = 0;
  const server = createServer((request, response) => {
    const nth = (asked.get(request.socket) ?? 0) + 1;
    asked.set(request.socket, nth);
    if (isClosed(nth)) request.socket.destroy();
    else {
      answered++;
      response.end("ok");
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, answered: () => answered, stop: () => new Promise((done) => server.close(done)) };
}

test("a kept socket that the other side let go of costs no request: it is asked again on a new one", async () => {
  const { url, answered, stop } = await serve((nth) => nth === 3);
  await load(Array(10).fill({ url }), { connections: 1, expect: 200 });
  expect(answered()).toBe(10);
  await stop();
});

test("a new socket that gives no answer is an error", async () => {
  const { url, stop } = await serve(() => true);
  await expect(load([{ url }], { connections: 1, expect: 200 })).rejects.toThrow("gave no answer");
  await stop();
});
