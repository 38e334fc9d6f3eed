import { existsSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

/** Where Linux keeps files in memory. Docker gives it 64 MB unless it is told otherwise, which is too little. */
const inMemory = "/dev/shm";
const neededBytes = 2 ** 30;

/**
 * Where tests put what they throw away: TMPDIR where somebody named one, else memory where it is there and large enough. D1 and
 * Durable Objects wait for the disk with each write; on a disk that takes 5 ms for that, half of a run was nothing else.
 */
export function memoryDir(): string {
  if (process.env.TMPDIR || !existsSync(inMemory)) return tmpdir();
  const { bavail, bsize } = statfsSync(inMemory);
  return bavail * bsize >= neededBytes ? inMemory : tmpdir();
}
