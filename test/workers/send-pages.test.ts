import { expect, test } from "vitest";
import { sendPages } from "#workers/build-ctx.ts";

test("messages go in batches of a hundred, and none is to wait longer than a queue takes it", async () => {
  const sent: [number, number | undefined][] = [];
  const queue = {
    async sendBatch(batch: Iterable<MessageSendRequest<number>>) {
      const all = [...batch];
      sent.push([all.length, all[0]?.delaySeconds]);
    },
  } as unknown as Queue<number>;
  const messages = Array.from({ length: 250 }, (_, at) => at);
  await sendPages(queue, messages, 30);
  await sendPages(queue, [1], 3 * 86_400);
  await sendPages(queue, [1]);
  expect(sent).toEqual([
    [100, 30],
    [100, 30],
    [50, 30],
    [1, 86_400],
    [1, 0],
  ]);
});
